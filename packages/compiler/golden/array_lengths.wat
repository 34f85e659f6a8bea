;; What makes or fills an array of any length pays for the length before.
(module
  (type $bytes (array (mut i8)))
  (data $data "abc")
  (func $arrays (param $n i32) (param $a (ref $bytes))
    (drop (array.new $bytes (i32.const 7) (local.get $n)))
    (drop (array.new_default $bytes (local.get $n)))
    (drop (array.new_data $bytes $data (i32.const 0) (local.get $n)))
    (drop (array.new_fixed $bytes 2 (i32.const 1) (i32.const 2)))
    (array.fill $bytes (local.get $a) (i32.const 0) (i32.const 9) (local.get $n))
    (array.copy $bytes $bytes
      (local.get $a) (i32.const 0) (local.get $a) (i32.const 1) (local.get $n))))
