;; memories: barrier
(func $f (;0;) (type 0)
  i32.const 8192
  i32.const 1
  i32.store
  i32.const 2
  i32.const 1
  i32.store8 $skerry:side
  i32.const 8192
  i32.const 2
  i32.store offset=8
  i32.const 8192
  i32.const 3
  i32.store offset=4100
)
