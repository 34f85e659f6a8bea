;; memories: barrier
(func $steps (;0;) (type 0) (param $p i32)
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
    i32.const 4
    i32.add
    local.set $p
    local.get $p
    i32.const 1
    i32.store
    local.get $p
    i32.const 4
    i32.add
    local.set $p
    local.get $p
    i32.const 1
    i32.store
    local.get $p
    i32.const 4
    i32.add
    local.set $p
    local.get $p
    i32.const 1
    i32.store
    local.get $p
    i32.const 4
    i32.add
    local.set $p
    local.get $p
    i32.const 1
    i32.store
    local.get $p
    i32.const 4
    i32.add
    local.set $p
    local.get $p
    i32.const 1
    i32.store
    local.get $p
    i32.const 4
    i32.add
    local.set $p
    local.get $p
    i32.const 1
    i32.store
    local.get $p
    i32.const 4
    i32.add
    local.set $p
    local.get $p
    i32.const 1
    i32.store
    local.get $p
    i32.const 4
    i32.add
    local.set $p
    global.get $skerry:fuel
    i32.const 65
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
(func $jumps (;1;) (type 0) (param $p i32)
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
    i32.load
    local.set $p
    local.get $p
    i32.const 1
    i32.store
    local.get $p
    i32.const 12
    i32.shr_u
    i32.const 1
    i32.store8 $skerry:side
    local.get $p
    i32.load
    local.set $p
    local.get $p
    i32.const 1
    i32.store
    local.get $p
    i32.const 12
    i32.shr_u
    i32.const 1
    i32.store8 $skerry:side
    local.get $p
    i32.load
    local.set $p
    local.get $p
    i32.const 1
    i32.store
    local.get $p
    i32.const 12
    i32.shr_u
    i32.const 1
    i32.store8 $skerry:side
    local.get $p
    i32.load
    local.set $p
    local.get $p
    i32.const 1
    i32.store
    local.get $p
    i32.const 12
    i32.shr_u
    i32.const 1
    i32.store8 $skerry:side
    local.get $p
    i32.load
    local.set $p
    local.get $p
    i32.const 1
    i32.store
    local.get $p
    i32.const 12
    i32.shr_u
    i32.const 1
    i32.store8 $skerry:side
    local.get $p
    i32.load
    local.set $p
    local.get $p
    i32.const 1
    i32.store
    local.get $p
    i32.const 12
    i32.shr_u
    i32.const 1
    i32.store8 $skerry:side
    local.get $p
    i32.load
    local.set $p
    local.get $p
    i32.const 1
    i32.store
    local.get $p
    i32.const 12
    i32.shr_u
    i32.const 1
    i32.store8 $skerry:side
    local.get $p
    i32.load
    local.set $p
    global.get $skerry:fuel
    i32.const 57
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
