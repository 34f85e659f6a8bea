;; Where a segment goes has to be known.
(module
  (import "m" "g" (global $g i32))
  (memory 3)
  (data (global.get $g) "abc"))
