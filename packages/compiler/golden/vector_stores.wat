;; Vectors and single lanes.
(module
  (memory 3)
  (func $f (param $p i32) (param $q i32) (param $v v128)
    (v128.store (local.get $p) (local.get $v))
    (v128.store64_lane 1 (local.get $q) (local.get $v))
    (v128.store8_lane 15 (i32.load (local.get $p)) (local.get $v))))
