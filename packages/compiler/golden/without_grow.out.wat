;; memories: not reset
(export "skerry:hooks" (table $skerry:hooks))
(export "skerry:fuel" (global $skerry:fuel))
(export "skerry:id" (global $skerry:id))
(func $f (;0;) (type 0) (param $p i32)
  loop $again
    local.get $p
    i32.const 1
    i32.store
    local.get $p
    i32.const 0
    i32.const 9
    call $skerry:fill_0
    i32.const 0
    ref.null func
    table.set $t
    i32.const 1
    memory.grow
    drop
    data.drop $d
    local.get $p
    i32.const 1
    i32.store
    local.get $p
    i32.const 0
    i32.const 9
    call $skerry:fill_0
    i32.const 0
    ref.null func
    table.set $t
    i32.const 1
    memory.grow
    drop
    data.drop $d
    local.get $p
    i32.const 1
    i32.store
    local.get $p
    i32.const 0
    i32.const 9
    call $skerry:fill_0
    i32.const 0
    ref.null func
    table.set $t
    i32.const 1
    memory.grow
    drop
    data.drop $d
    local.get $p
    i32.const 1
    i32.store
    local.get $p
    i32.const 0
    i32.const 9
    call $skerry:fill_0
    i32.const 0
    ref.null func
    table.set $t
    i32.const 1
    memory.grow
    drop
    data.drop $d
    global.get $skerry:fuel
    i32.const 61
    i32.sub
    global.set $skerry:fuel
    global.get $skerry:fuel
    i32.const 0
    i32.lt_s
    if ;; label = @2
      call $skerry:tick
    end
    br $again
  end
)
