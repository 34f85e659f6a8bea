;; memories: not reset
(func $f (;0;) (type 0) (param $p i32)
  loop $again
    local.get $p
    i32.const 1
    i32.store
    local.get $p
    i32.const 0
    i32.const 9
    memory.fill
    i32.const 0
    ref.null func
    table.set $t
    i32.const 1
    memory.grow
    drop
    data.drop $d
    br $again
  end
)
(data $d (;0;) (i32.const 8) "abc")
