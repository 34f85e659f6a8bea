(func $arrays (;0;) (type 1) (param $n i32) (param $a (ref $bytes))
  (local i32)
  i32.const 7
  local.get $n
  local.tee 2
  call $skerry:charge_length
  local.get 2
  array.new $bytes
  drop
  local.get $n
  local.tee 2
  call $skerry:charge_length
  local.get 2
  array.new_default $bytes
  drop
  i32.const 0
  local.get $n
  local.tee 2
  call $skerry:charge_length
  local.get 2
  array.new_data $bytes $data
  drop
  i32.const 1
  i32.const 2
  array.new_fixed $bytes 2
  drop
  local.get $a
  i32.const 0
  i32.const 9
  local.get $n
  local.tee 2
  call $skerry:charge_length
  local.get 2
  array.fill $bytes
  local.get $a
  i32.const 0
  local.get $a
  i32.const 1
  local.get $n
  local.tee 2
  call $skerry:charge_length
  local.get 2
  array.copy $bytes $bytes
)
