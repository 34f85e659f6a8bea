;; memories: barrier, barrier
(func $f (;0;) (type 0) (param $p i32) (param $n i32)
  local.get $p
  i32.const 0
  local.get $n
  call $skerry:fill_0
  local.get $p
  i32.const 0
  local.get $n
  call $skerry:copy_0_0
  local.get $p
  i32.const 0
  local.get $n
  call $skerry:copy_0_1
  local.get $p
  i32.const 0
  local.get $n
  call $skerry:init_0_0
)
