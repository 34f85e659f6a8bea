;; memories: barrier
(memory (;0;) 1 9)
(memory $skerry:side (;1;) 1 1)
(global $skerry:fuel (;0;) (mut i32) i32.const 0)
(global $skerry:id (;1;) (mut i32) i32.const 0)
(global $skerry:hidden_0 (;2;) (mut i32) i32.const 0)
(func $grow (;0;) (type 0) (param $n i32) (result i32)
  local.get $n
  call $skerry:grow_0
)
(func $size (;1;) (type 1) (result i32)
  memory.size
  global.get $skerry:hidden_0
  i32.sub
)
