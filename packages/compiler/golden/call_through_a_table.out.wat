(func $table_call (;0;) (type $t)
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
  call_indirect (type $t)
)
(func $reference_call (;1;) (type 1) (param (ref $t))
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
  call_ref $t
)
(func $paid_once (;2;) (type 1) (param (ref $t))
  local.get 0
  global.get $skerry:fuel
  i32.const 2051
  i32.sub
  global.set $skerry:fuel
  global.get $skerry:fuel
  i32.const 0
  i32.lt_s
  if ;; label = @1
    call $skerry:tick
  end
  call_ref $t
  local.get 0
  call_ref $t
)
