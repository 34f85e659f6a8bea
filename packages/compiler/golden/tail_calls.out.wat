(func $a (;0;) (type $t)
  return_call $b
)
(func $b (;1;) (type $t)
  global.get $skerry:fuel
  i32.const 49
  i32.sub
  global.set $skerry:fuel
  global.get $skerry:fuel
  i32.const 0
  i32.lt_s
  if ;; label = @1
    call $skerry:tick
  end
  return_call $a
)
(func $through_table (;2;) (type $t)
  i32.const 0
  global.get $skerry:fuel
  i32.const 1025
  i32.sub
  global.set $skerry:fuel
  global.get $skerry:fuel
  i32.const 0
  i32.lt_s
  if ;; label = @1
    call $skerry:tick
  end
  return_call_indirect (type $t)
)
(func $through_reference (;3;) (type 1) (param (ref $t))
  local.get 0
  global.get $skerry:fuel
  i32.const 1025
  i32.sub
  global.set $skerry:fuel
  global.get $skerry:fuel
  i32.const 0
  i32.lt_s
  if ;; label = @1
    call $skerry:tick
  end
  return_call_ref $t
)
