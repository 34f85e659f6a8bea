(func $leaf (;0;) (type 0) (param i32) (result i32)
  local.get 0
  i32.const 3
  i32.mul
)
(func $caller (;1;) (type 0) (param i32) (result i32)
  local.get 0
  call $leaf
  call $leaf
)
