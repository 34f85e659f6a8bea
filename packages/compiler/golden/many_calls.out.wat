(func $many (;0;) (type 0) (param $n i32)
  block $out
    local.get $n
    i32.eqz
    br_if $out
    local.get $n
    i32.const 1
    i32.and
    global.get $skerry:fuel
    i32.const 158
    i32.sub
    global.set $skerry:fuel
    global.get $skerry:fuel
    i32.const 0
    i32.lt_s
    if ;; label = @2
      call $skerry:tick
    end
    if ;; label = @2
      i32.const 1
      call $one
      i32.const 2
      call $one
    else
      i32.const 3
      call $one
      i32.const 4
      call $one
    end
    i32.const 5
    call $one
  end
  nop
)
(func $one (;1;) (type 0) (param $n i32)
  local.get $n
  call $many
)
