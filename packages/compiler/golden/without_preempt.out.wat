;; memories: barrier
(export "skerry:side" (memory $skerry:side))
(export "skerry:hooks" (table $skerry:hooks))
(export "skerry:id" (global $skerry:id))
(export "skerry:init" (func $skerry:run_init))
(export "skerry:reset" (func $skerry:run_reset))
(func $f (;0;) (type 0) (param $p i32)
  loop $again
    local.get $p
    i32.const 1
    i32.store
    local.get $p
    i32.const 12
    i32.shr_u
    i32.const 1
    i32.store8 $skerry:side
    local.get $p
    i32.const 0
    i32.const 9
    call $skerry:fill_0
    i32.const 0
    ref.null func
    table.set $t
    i32.const 1
    global.set $skerry:changed_0
    i32.const 1
    call $skerry:grow_0
    drop
    i32.const 1
    global.set $skerry:dropped_data_0
    br $again
  end
)
