;; memories: barrier
(global $skerry:fuel (;0;) (mut i32) i32.const 0)
(global $skerry:id (;1;) (mut i32) i32.const 0)
(global $skerry:changed_0 (;2;) (mut i32) i32.const 0)
(global $skerry:dropped_data_0 (;3;) (mut i32) i32.const 0)
(global $skerry:dropped_elem_0 (;4;) (mut i32) i32.const 0)
(elem $e (;0;) func $f)
(elem $skerry:empty_0 (;1;) func)
(func $f (;0;) (type 0)
  i32.const 0
  i32.const 0
  i32.const 0
  call $skerry:init_0_0
  i32.const 1
  global.set $skerry:dropped_data_0
  i32.const 0
  i32.const 0
  i32.const 0
  call $skerry:init_1_0
  i32.const 0
  i32.const 0
  i32.const 0
  call $skerry:init_table_0_0
  i32.const 1
  global.set $skerry:dropped_elem_0
)
(data $d (;0;) "abc")
(data $kept (;1;) "def")
(data $skerry:empty (;2;) "")
