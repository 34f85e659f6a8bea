;; A memory of up to two pages is restored whole where there is a loop: that takes a few microseconds and spares all marks.
;; shows: func
(module
  (memory 2)
  (data (i32.const 100) "abc")
  (func $f (param $p i32) (loop (i32.store (local.get $p) (i32.const 1)))))
