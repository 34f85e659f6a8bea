;; An array is made from a segment itself; an empty one cannot stand for it.
(module
  (type $a (array (mut i8)))
  (data $d "abc")
  (func $f
    (drop (array.new_data $a $d (i32.const 0) (i32.const 1)))
    (data.drop $d)))
