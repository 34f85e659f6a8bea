(func $f (;0;) (type 0) (param $n i32)
  local.get $n
  if ;; label = @1
    i32.const 0
    global.get $skerry:fuel
    i32.const 50
    i32.sub
    global.set $skerry:fuel
    global.get $skerry:fuel
    i32.const 0
    i32.lt_s
    if ;; label = @2
      call $skerry:tick
    end
    call $f
  end
  i32.const 0
  global.get $skerry:fuel
  i32.const 50
  i32.sub
  global.set $skerry:fuel
  global.get $skerry:fuel
  i32.const 0
  i32.lt_s
  if ;; label = @1
    call $skerry:tick
  end
  call $f
)
