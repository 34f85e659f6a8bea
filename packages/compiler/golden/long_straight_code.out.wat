(func $ten (;0;) (type 0)
  nop
  nop
  nop
  nop
  nop
  nop
  nop
  nop
  nop
  nop
)
(func $many (;1;) (type 0)
  call $ten
  call $ten
  call $ten
  call $ten
  call $ten
  call $ten
  call $ten
  call $ten
  call $ten
  call $ten
  call $ten
  call $ten
  call $ten
  call $ten
  call $ten
  call $ten
)
(func $long (;2;) (type 0)
  call $many
  call $many
  call $many
  call $many
  call $many
  global.get $skerry:fuel
  i32.const 4071
  i32.sub
  global.set $skerry:fuel
  global.get $skerry:fuel
  i32.const 0
  i32.lt_s
  if ;; label = @1
    call $skerry:tick
  end
  call $many
  call $many
  call $many
  call $many
  call $many
  call $many
  call $many
  call $many
  call $many
  call $many
  call $many
  call $many
  call $many
  call $many
  call $many
  call $many
  call $many
  call $many
  call $many
  call $many
  call $many
  call $many
  call $many
)
