;; not resettable: it makes arrays from a segment that it also drops
(func $f (;0;) (type 1)
  (local i32)
  i32.const 0
  i32.const 1
  local.tee 0
  call $skerry:charge_length
  local.get 0
  array.new_data $a $d
  drop
  data.drop $d
)
