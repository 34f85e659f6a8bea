;; The host is asked before a memory grows; what a reset has taken back is off its size.
;; shows: memory, global
(module
  (memory 1 9)
  (func $grow (param $n i32) (result i32) (memory.grow (local.get $n)))
  (func $size (result i32) (memory.size)))
