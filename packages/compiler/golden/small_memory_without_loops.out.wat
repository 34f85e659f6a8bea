;; memories: barrier
(memory (;0;) 2 4)
(memory $skerry:side (;1;) 1 1)
(func $f (;0;) (type 0) (param $p i32)
  local.get $p
  i32.const 1
  i32.store
  local.get $p
  i32.const 12
  i32.shr_u
  i32.const 1
  i32.store8 $skerry:side
)
