;; Active segments become images, in the order in which they would have been written; near ones are joined.
;; shows: data
(module
  (memory 3)
  (data (i32.const 16) "first")
  (data (i32.const 18) "-2-")
  (data (i32.const 32) "near")
  (data (i32.const 65536) "far")
  (data (i32.const 70) ""))
