;; Nothing is renumbered, so the module's names stay right; the test adds ours.
;; shows: memory, global, table, type
(module $module
  (type $type (func (param i32)))
  (memory $memory 3)
  (global $global (mut i32) (i32.const 0))
  (table $table 1 funcref)
  (func $function (type $type) (param $param i32) (local $local i64)
    (block $block (br_if $block (local.get $param)))
    (local.set $local (i64.const 1))
    (global.set $global (local.get $param))
    (i64.store $memory (local.get $param) (local.get $local))))
