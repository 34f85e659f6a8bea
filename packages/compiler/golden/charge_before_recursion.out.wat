(func $sum (;0;) (type 0) (param $n i32) (result i32)
  local.get $n
  i32.eqz
  if ;; label = @1
    i32.const 0
    return
  end
  local.get $n
  local.get $n
  i32.const 1
  i32.sub
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
  call $sum
  i32.add
)
