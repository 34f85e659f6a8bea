;; Behind a block is known what all paths to there have passed, which is what stands before the first branch.
(module
  (memory 3)
  (func (export "f") (param $p i32) (param $q i32) (param $r i32)
    (block $b
      (i32.store (local.get $p) (i32.const 1))
      (br_if $b (local.get $r))
      (i32.store (local.get $q) (i32.const 2)))
    (i32.store offset=4 (local.get $p) (i32.const 3))
    (i32.store offset=4 (local.get $q) (i32.const 4))))
