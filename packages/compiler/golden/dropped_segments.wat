;; A segment is not dropped but flagged, so that a reset can have it back; after that an empty one is used.
;; shows: global, data, elem
(module
  (memory 3)
  (table 1 funcref)
  (data $d "abc")
  (data $kept "def")
  (elem $e func $f)
  (func $f
    (memory.init $d (i32.const 0) (i32.const 0) (i32.const 0))
    (data.drop $d)
    (memory.init $kept (i32.const 0) (i32.const 0) (i32.const 0))
    (table.init $e (i32.const 0) (i32.const 0) (i32.const 0))
    (elem.drop $e)))
