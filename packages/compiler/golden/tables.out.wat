(table $t (;0;) 2 9 funcref)
(table $unchanged (;1;) 1 funcref)
(table $skerry:hooks (;2;) 2 2 funcref)
(table $skerry:snapshot_0 (;3;) 2 2 funcref)
(global $skerry:fuel (;0;) (mut i32) i32.const 0)
(global $skerry:id (;1;) (mut i32) i32.const 0)
(global $skerry:discard (;2;) (mut i32) i32.const 0)
(global $skerry:changed_0 (;3;) (mut i32) i32.const 0)
(func $f (;0;) (type 0) (param $n i32)
  local.get $n
  ref.null func
  table.set $t
  i32.const 1
  global.set $skerry:changed_0
  ref.null func
  local.get $n
  call $skerry:grow_table_0
  drop
  i32.const 0
  ref.null func
  local.get $n
  call $skerry:fill_table_0
  i32.const 0
  i32.const 0
  local.get $n
  call $skerry:copy_table_0_1
  i32.const 0
  i32.const 0
  local.get $n
  call $skerry:init_table_0_0
  table.size $t
  drop
  i32.const 0
  table.get $unchanged
  drop
)
