;; memories: barrier
(func $f (;0;) (type 0) (param $p i64)
  (local i64 i32)
  local.get $p
  i32.const 1
  i32.store
  local.get $p
  i64.const 12
  i64.shr_u
  i32.wrap_i64
  i32.const 1
  i32.store8 $skerry:side
  local.get $p
  i32.const 2
  i32.store offset=4294967296
  local.get $p
  i64.const 4294967296
  i64.add
  i64.const 12
  i64.shr_u
  i32.wrap_i64
  i32.const 1
  i32.store8 $skerry:side
  local.get $p
  i64.load
  i32.const 3
  local.set 2
  local.tee 1
  local.get 2
  i32.store
  local.get 1
  i64.const 12
  i64.shr_u
  i32.wrap_i64
  i32.const 1
  i32.store8 $skerry:side
  loop $again
    local.get $p
    i32.const 4
    i32.store
    local.get $p
    i64.const 12
    i64.shr_u
    i32.wrap_i64
    i32.const 1
    i32.store8 $skerry:side
    local.get $p
    i64.const 4
    i64.add
    local.set $p
    local.get $p
    i32.const 4
    i32.store
    local.get $p
    i64.const 4
    i64.add
    local.set $p
    local.get $p
    i32.const 4
    i32.store
    local.get $p
    i64.const 4
    i64.add
    local.set $p
    local.get $p
    i32.const 4
    i32.store
    local.get $p
    i64.const 4
    i64.add
    local.set $p
    local.get $p
    i32.const 4
    i32.store
    local.get $p
    i64.const 4
    i64.add
    local.set $p
    local.get $p
    i32.const 4
    i32.store
    local.get $p
    i64.const 4
    i64.add
    local.set $p
    local.get $p
    i32.const 4
    i32.store
    local.get $p
    i64.const 4
    i64.add
    local.set $p
    local.get $p
    i32.const 4
    i32.store
    local.get $p
    i64.const 4
    i64.add
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
