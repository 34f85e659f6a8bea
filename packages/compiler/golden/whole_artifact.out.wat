;; memories: barrier, whole
(type $bytes (;0;) (array (mut i8)))
(type (;1;) (func (param i32)))
(type (;2;) (func))
(type (;3;) (func (param i32 i32) (result i32)))
(type (;4;) (func (param i32 i32 i64 i64) (result i32)))
(type (;5;) (func (param i32 i32)))
(type (;6;) (func (param i32) (result i32)))
(type (;7;) (func (param i64) (result i64)))
(type (;8;) (func (param i32 i32 i32)))
(type (;9;) (func (param i64 i32 i64)))
(type (;10;) (func (param i64 i32 i32)))
(type (;11;) (func (param funcref i32) (result i32)))
(type (;12;) (func (param i32 externref i32)))
(type (;13;) (func (param i64 i64)))
(type (;14;) (func (result i32)))
(import "host" "f" (func $host (;0;) (type 1)))
(table $t (;0;) 2 9 funcref)
(table $u (;1;) 1 externref)
(table $skerry:hooks (;2;) 2 2 funcref)
(table $skerry:snapshot_0 (;3;) 2 2 funcref)
(table $skerry:snapshot_1 (;4;) 1 1 externref)
(memory $m (;0;) 3 100)
(memory $w (;1;) i64 1 9)
(memory $skerry:side (;2;) 1 1)
(global $g (;0;) (mut i32) i32.const 7)
(global $skerry:fuel (;1;) (mut i32) i32.const 0)
(global $skerry:id (;2;) (mut i32) i32.const 0)
(global $skerry:discard (;3;) (mut i32) i32.const 0)
(global $skerry:hidden_0 (;4;) (mut i32) i32.const 0)
(global $skerry:hidden_1 (;5;) (mut i64) i64.const 0)
(global $skerry:changed_0 (;6;) (mut i32) i32.const 0)
(global $skerry:changed_1 (;7;) (mut i32) i32.const 0)
(global $skerry:dropped_data_1 (;8;) (mut i32) i32.const 0)
(global $skerry:dropped_elem_1 (;9;) (mut i32) i32.const 0)
(export "f" (func $f))
(export "skerry:side" (memory $skerry:side))
(export "skerry:hooks" (table $skerry:hooks))
(export "skerry:fuel" (global $skerry:fuel))
(export "skerry:id" (global $skerry:id))
(export "skerry:init" (func $skerry:run_init))
(export "skerry:reset" (func $skerry:run_reset))
(export "skerry:start" (func $main))
(elem (;0;) (i32.const 0) func $f)
(elem $e (;1;) func $f)
(elem $skerry:empty_1 (;2;) func)
(func $main (;1;) (type 2)
  i32.const 1
  call $host
)
(func $f (;2;) (type 1) (param $p i32)
  (local i32)
  block $again
    loop ;; label = @2
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
      i32.const 4000
      i32.lt_u
      i32.eqz
      br_if $again
      local.get $p
      i32.const 1
      i32.store
      local.get $p
      i32.const 4
      i32.add
      local.set $p
      local.get $p
      i32.const 4000
      i32.lt_u
      i32.eqz
      br_if $again
      local.get $p
      i32.const 1
      i32.store
      local.get $p
      i32.const 4
      i32.add
      local.set $p
      local.get $p
      i32.const 4000
      i32.lt_u
      i32.eqz
      br_if $again
      local.get $p
      i32.const 1
      i32.store
      local.get $p
      i32.const 4
      i32.add
      local.set $p
      local.get $p
      i32.const 4000
      i32.lt_u
      i32.eqz
      br_if $again
      local.get $p
      i32.const 1
      i32.store
      local.get $p
      i32.const 4
      i32.add
      local.set $p
      local.get $p
      i32.const 4000
      i32.lt_u
      i32.eqz
      br_if $again
      local.get $p
      i32.const 1
      i32.store
      local.get $p
      i32.const 4
      i32.add
      local.set $p
      local.get $p
      i32.const 4000
      i32.lt_u
      i32.eqz
      br_if $again
      local.get $p
      i32.const 1
      i32.store
      local.get $p
      i32.const 4
      i32.add
      local.set $p
      local.get $p
      i32.const 4000
      i32.lt_u
      i32.eqz
      br_if $again
      local.get $p
      i32.const 1
      i32.store
      local.get $p
      i32.const 4
      i32.add
      local.set $p
      local.get $p
      i32.const 4000
      i32.lt_u
      i32.eqz
      br_if $again
      global.get $skerry:fuel
      i32.const 97
      i32.sub
      global.set $skerry:fuel
      global.get $skerry:fuel
      i32.const 0
      i32.lt_s
      if ;; label = @3
        call $skerry:tick
      end
      br 0 (;@2;)
    end
  end
  local.get $p
  local.tee 1
  call $skerry:charge_length
  local.get 1
  array.new_default $bytes
  drop
  i32.const 1
  call $skerry:grow_0
  drop
  i64.const 1
  call $skerry:grow_1
  drop
  i32.const 0
  i32.const 0
  local.get $p
  call $skerry:fill_0
  i64.const 0
  i32.const 0
  i64.const 9
  call $skerry:fill_1
  i32.const 0
  i32.const 0
  local.get $p
  call $skerry:copy_0_0
  i64.const 0
  i32.const 0
  local.get $p
  call $skerry:copy_1_0
  i32.const 0
  i32.const 0
  local.get $p
  call $skerry:init_1_0
  i32.const 1
  global.set $skerry:dropped_data_1
  ref.null func
  local.get $p
  call $skerry:grow_table_0
  drop
  i32.const 0
  ref.null extern
  local.get $p
  call $skerry:fill_table_1
  i32.const 0
  i32.const 0
  local.get $p
  call $skerry:copy_table_0_0
  i32.const 0
  i32.const 0
  local.get $p
  call $skerry:init_table_1_0
  i32.const 1
  global.set $skerry:dropped_elem_1
  local.get $p
  global.set $g
)
(func $skerry:tick (;3;) (type 2)
  global.get $skerry:id
  global.get $skerry:fuel
  i32.const 0
  call_indirect $skerry:hooks (type 3)
  global.set $skerry:fuel
  global.get $skerry:fuel
  i32.const 0
  i32.le_s
  if ;; label = @1
    unreachable
  end
)
(func $skerry:charge_length (;4;) (type 1) (param i32)
  global.get $skerry:fuel
  local.get 0
  i32.const 2
  i32.shr_u
  i32.sub
  global.set $skerry:fuel
  global.get $skerry:fuel
  i32.const 0
  i32.lt_s
  if ;; label = @1
    call $skerry:tick
  end
)
(func $skerry:mark_range_0 (;5;) (type 5) (param i32 i32)
  local.get 1
  i32.eqz
  if ;; label = @1
    return
  end
  local.get 0
  local.get 1
  i32.add
  i32.const 1
  i32.sub
  i32.const 12
  i32.shr_u
  local.get 0
  i32.const 12
  i32.shr_u
  i32.sub
  i32.const 1
  i32.le_u
  if ;; label = @1
    local.get 0
    i32.const 12
    i32.shr_u
    i32.const 1
    i32.store8 $skerry:side
    local.get 0
    local.get 1
    i32.add
    i32.const 1
    i32.sub
    i32.const 12
    i32.shr_u
    i32.const 1
    i32.store8 $skerry:side
    return
  end
  local.get 0
  i32.const 12
  i32.shr_u
  i32.const 0
  i32.add
  i32.const 1
  local.get 0
  local.get 1
  i32.add
  i32.const 1
  i32.sub
  i32.const 12
  i32.shr_u
  local.get 0
  i32.const 12
  i32.shr_u
  i32.sub
  i32.const 1
  i32.add
  memory.fill $skerry:side
)
(func $skerry:grow_0 (;6;) (type 6) (param i32) (result i32)
  (local i32 i32)
  memory.size
  global.get $skerry:hidden_0
  i32.sub
  local.set 1
  local.get 0
  i32.const 100
  local.get 1
  i32.sub
  i32.gt_u
  if ;; label = @1
    i32.const -1
    return
  end
  local.get 0
  i32.eqz
  if ;; label = @1
    local.get 1
    return
  end
  global.get $skerry:id
  i32.const 0
  local.get 1
  i64.extend_i32_u
  local.get 0
  i64.extend_i32_u
  i32.const 1
  call_indirect $skerry:hooks (type 4)
  local.tee 2
  i32.eqz
  if ;; label = @1
    i32.const -1
    return
  end
  local.get 2
  i32.const 0
  i32.lt_s
  if ;; label = @1
    unreachable
  end
  local.get 0
  global.get $skerry:hidden_0
  i32.gt_u
  if ;; label = @1
    local.get 0
    global.get $skerry:hidden_0
    i32.sub
    memory.grow
    i32.const -1
    i32.eq
    if ;; label = @2
      i32.const -1
      return
    end
    i32.const 0
    global.set $skerry:hidden_0
  else
    global.get $skerry:hidden_0
    local.get 0
    i32.sub
    global.set $skerry:hidden_0
  end
  local.get 1
)
(func $skerry:grow_1 (;7;) (type 7) (param i64) (result i64)
  (local i64 i32)
  memory.size $w
  global.get $skerry:hidden_1
  i64.sub
  local.set 1
  local.get 0
  i64.const 9
  local.get 1
  i64.sub
  i64.gt_u
  if ;; label = @1
    i64.const -1
    return
  end
  local.get 0
  i64.eqz
  if ;; label = @1
    local.get 1
    return
  end
  global.get $skerry:id
  i32.const 1
  local.get 1
  local.get 0
  i32.const 1
  call_indirect $skerry:hooks (type 4)
  local.tee 2
  i32.eqz
  if ;; label = @1
    i64.const -1
    return
  end
  local.get 2
  i32.const 0
  i32.lt_s
  if ;; label = @1
    unreachable
  end
  local.get 0
  global.get $skerry:hidden_1
  i64.gt_u
  if ;; label = @1
    local.get 0
    global.get $skerry:hidden_1
    i64.sub
    memory.grow $w
    i64.const -1
    i64.eq
    if ;; label = @2
      i64.const -1
      return
    end
    i64.const 0
    global.set $skerry:hidden_1
  else
    global.get $skerry:hidden_1
    local.get 0
    i64.sub
    global.set $skerry:hidden_1
  end
  local.get 1
)
(func $skerry:fill_0 (;8;) (type 8) (param i32 i32 i32)
  local.get 2
  i32.const 1
  i32.sub
  i32.const 1024
  i32.lt_u
  if ;; label = @1
    global.get $skerry:fuel
    local.get 2
    i32.const 6
    i32.shr_u
    i32.sub
    global.set $skerry:fuel
    global.get $skerry:fuel
    i32.const 0
    i32.lt_s
    if ;; label = @2
      call $skerry:tick
    end
    local.get 0
    local.get 1
    local.get 2
    memory.fill
    local.get 0
    i32.const 12
    i32.shr_u
    i32.const 1
    i32.store8 $skerry:side
    return
  end
  local.get 2
  i32.const 65536
  i32.gt_u
  if ;; label = @1
    local.get 0
    i64.extend_i32_u
    memory.size
    i64.extend_i32_u
    i64.const 16
    i64.shl
    i64.gt_u
    local.get 2
    i64.extend_i32_u
    memory.size
    i64.extend_i32_u
    i64.const 16
    i64.shl
    local.get 0
    i64.extend_i32_u
    i64.sub
    i64.gt_u
    i32.or
    if ;; label = @2
      local.get 0
      local.get 1
      local.get 2
      memory.fill
      unreachable
    end
    local.get 0
    local.get 2
    call $skerry:mark_range_0
    loop ;; label = @2
      local.get 0
      local.get 1
      i32.const 65536
      memory.fill
      local.get 0
      i32.const 65536
      i32.add
      local.set 0
      local.get 2
      i32.const 65536
      i32.sub
      local.set 2
      global.get $skerry:fuel
      i32.const 1024
      i32.sub
      global.set $skerry:fuel
      global.get $skerry:fuel
      i32.const 0
      i32.lt_s
      if ;; label = @3
        call $skerry:tick
      end
      local.get 2
      i32.const 65536
      i32.gt_u
      br_if 0 (;@2;)
    end
  end
  local.get 0
  local.get 1
  local.get 2
  memory.fill
  local.get 0
  local.get 2
  call $skerry:mark_range_0
  global.get $skerry:fuel
  local.get 2
  i32.const 6
  i32.shr_u
  i32.sub
  global.set $skerry:fuel
  global.get $skerry:fuel
  i32.const 0
  i32.lt_s
  if ;; label = @1
    call $skerry:tick
  end
)
(func $skerry:fill_1 (;9;) (type 9) (param i64 i32 i64)
  local.get 2
  i64.const 65536
  i64.gt_u
  if ;; label = @1
    local.get 0
    memory.size $w
    i64.const 16
    i64.shl
    i64.gt_u
    local.get 2
    memory.size $w
    i64.const 16
    i64.shl
    local.get 0
    i64.sub
    i64.gt_u
    i32.or
    if ;; label = @2
      local.get 0
      local.get 1
      local.get 2
      memory.fill $w
      unreachable
    end
    loop ;; label = @2
      local.get 0
      local.get 1
      i64.const 65536
      memory.fill $w
      local.get 0
      i64.const 65536
      i64.add
      local.set 0
      local.get 2
      i64.const 65536
      i64.sub
      local.set 2
      global.get $skerry:fuel
      i32.const 1024
      i32.sub
      global.set $skerry:fuel
      global.get $skerry:fuel
      i32.const 0
      i32.lt_s
      if ;; label = @3
        call $skerry:tick
      end
      local.get 2
      i64.const 65536
      i64.gt_u
      br_if 0 (;@2;)
    end
  end
  local.get 0
  local.get 1
  local.get 2
  memory.fill $w
  global.get $skerry:fuel
  local.get 2
  i32.wrap_i64
  i32.const 6
  i32.shr_u
  i32.sub
  global.set $skerry:fuel
  global.get $skerry:fuel
  i32.const 0
  i32.lt_s
  if ;; label = @1
    call $skerry:tick
  end
)
(func $skerry:copy_0_0 (;10;) (type 8) (param i32 i32 i32)
  local.get 2
  i32.const 1
  i32.sub
  i32.const 1024
  i32.lt_u
  if ;; label = @1
    global.get $skerry:fuel
    local.get 2
    i32.const 6
    i32.shr_u
    i32.sub
    global.set $skerry:fuel
    global.get $skerry:fuel
    i32.const 0
    i32.lt_s
    if ;; label = @2
      call $skerry:tick
    end
    local.get 0
    local.get 1
    local.get 2
    memory.copy
    local.get 0
    i32.const 12
    i32.shr_u
    i32.const 1
    i32.store8 $skerry:side
    return
  end
  local.get 2
  i32.const 65536
  i32.gt_u
  if ;; label = @1
    local.get 0
    i64.extend_i32_u
    memory.size
    i64.extend_i32_u
    i64.const 16
    i64.shl
    i64.gt_u
    local.get 2
    i64.extend_i32_u
    memory.size
    i64.extend_i32_u
    i64.const 16
    i64.shl
    local.get 0
    i64.extend_i32_u
    i64.sub
    i64.gt_u
    i32.or
    local.get 1
    i64.extend_i32_u
    memory.size
    i64.extend_i32_u
    i64.const 16
    i64.shl
    i64.gt_u
    local.get 2
    i64.extend_i32_u
    memory.size
    i64.extend_i32_u
    i64.const 16
    i64.shl
    local.get 1
    i64.extend_i32_u
    i64.sub
    i64.gt_u
    i32.or
    i32.or
    if ;; label = @2
      local.get 0
      local.get 1
      local.get 2
      memory.copy
      unreachable
    end
    local.get 0
    local.get 2
    call $skerry:mark_range_0
    local.get 0
    local.get 1
    i32.gt_u
    if ;; label = @2
      loop ;; label = @3
        local.get 2
        i32.const 65536
        i32.sub
        local.set 2
        local.get 0
        local.get 2
        i32.add
        local.get 1
        local.get 2
        i32.add
        i32.const 65536
        memory.copy
        global.get $skerry:fuel
        i32.const 1024
        i32.sub
        global.set $skerry:fuel
        global.get $skerry:fuel
        i32.const 0
        i32.lt_s
        if ;; label = @4
          call $skerry:tick
        end
        local.get 2
        i32.const 65536
        i32.gt_u
        br_if 0 (;@3;)
      end
    else
      loop ;; label = @3
        local.get 0
        local.get 1
        i32.const 65536
        memory.copy
        local.get 0
        i32.const 65536
        i32.add
        local.set 0
        local.get 1
        i32.const 65536
        i32.add
        local.set 1
        local.get 2
        i32.const 65536
        i32.sub
        local.set 2
        global.get $skerry:fuel
        i32.const 1024
        i32.sub
        global.set $skerry:fuel
        global.get $skerry:fuel
        i32.const 0
        i32.lt_s
        if ;; label = @4
          call $skerry:tick
        end
        local.get 2
        i32.const 65536
        i32.gt_u
        br_if 0 (;@3;)
      end
    end
  end
  local.get 0
  local.get 1
  local.get 2
  memory.copy
  local.get 0
  local.get 2
  call $skerry:mark_range_0
  global.get $skerry:fuel
  local.get 2
  i32.const 6
  i32.shr_u
  i32.sub
  global.set $skerry:fuel
  global.get $skerry:fuel
  i32.const 0
  i32.lt_s
  if ;; label = @1
    call $skerry:tick
  end
)
(func $skerry:copy_1_0 (;11;) (type 10) (param i64 i32 i32)
  local.get 2
  i32.const 65536
  i32.gt_u
  if ;; label = @1
    local.get 0
    memory.size $w
    i64.const 16
    i64.shl
    i64.gt_u
    local.get 2
    i64.extend_i32_u
    memory.size $w
    i64.const 16
    i64.shl
    local.get 0
    i64.sub
    i64.gt_u
    i32.or
    local.get 1
    i64.extend_i32_u
    memory.size
    i64.extend_i32_u
    i64.const 16
    i64.shl
    i64.gt_u
    local.get 2
    i64.extend_i32_u
    memory.size
    i64.extend_i32_u
    i64.const 16
    i64.shl
    local.get 1
    i64.extend_i32_u
    i64.sub
    i64.gt_u
    i32.or
    i32.or
    if ;; label = @2
      local.get 0
      local.get 1
      local.get 2
      memory.copy $w $m
      unreachable
    end
    loop ;; label = @2
      local.get 0
      local.get 1
      i32.const 65536
      memory.copy $w $m
      local.get 0
      i64.const 65536
      i64.add
      local.set 0
      local.get 1
      i32.const 65536
      i32.add
      local.set 1
      local.get 2
      i32.const 65536
      i32.sub
      local.set 2
      global.get $skerry:fuel
      i32.const 1024
      i32.sub
      global.set $skerry:fuel
      global.get $skerry:fuel
      i32.const 0
      i32.lt_s
      if ;; label = @3
        call $skerry:tick
      end
      local.get 2
      i32.const 65536
      i32.gt_u
      br_if 0 (;@2;)
    end
  end
  local.get 0
  local.get 1
  local.get 2
  memory.copy $w $m
  global.get $skerry:fuel
  local.get 2
  i32.const 6
  i32.shr_u
  i32.sub
  global.set $skerry:fuel
  global.get $skerry:fuel
  i32.const 0
  i32.lt_s
  if ;; label = @1
    call $skerry:tick
  end
)
(func $skerry:init_1_0 (;12;) (type 8) (param i32 i32 i32)
  global.get $skerry:dropped_data_1
  if ;; label = @1
    local.get 0
    local.get 1
    local.get 2
    memory.init $skerry:empty
  else
    local.get 0
    local.get 1
    local.get 2
    memory.init $d
  end
  local.get 0
  local.get 2
  call $skerry:mark_range_0
  global.get $skerry:fuel
  local.get 2
  i32.const 6
  i32.shr_u
  i32.sub
  global.set $skerry:fuel
  global.get $skerry:fuel
  i32.const 0
  i32.lt_s
  if ;; label = @1
    call $skerry:tick
  end
)
(func $skerry:grow_table_0 (;13;) (type 11) (param funcref i32) (result i32)
  (local i32)
  local.get 1
  i32.eqz
  if ;; label = @1
    table.size $t
    return
  end
  global.get $skerry:id
  i32.const -1
  table.size $t
  i64.extend_i32_u
  local.get 1
  i64.extend_i32_u
  i32.const 1
  call_indirect $skerry:hooks (type 4)
  local.tee 2
  i32.eqz
  if ;; label = @1
    i32.const -1
    return
  end
  local.get 2
  i32.const 0
  i32.lt_s
  if ;; label = @1
    unreachable
  end
  i32.const 1
  global.set $skerry:discard
  local.get 0
  local.get 1
  table.grow $t
  global.get $skerry:fuel
  i32.const 256
  i32.sub
  global.set $skerry:fuel
  global.get $skerry:fuel
  i32.const 0
  i32.lt_s
  if ;; label = @1
    call $skerry:tick
  end
)
(func $skerry:fill_table_1 (;14;) (type 12) (param i32 externref i32)
  i32.const 1
  global.set $skerry:changed_1
  local.get 2
  i32.const 1024
  i32.gt_u
  if ;; label = @1
    local.get 0
    i64.extend_i32_u
    table.size $u
    i64.extend_i32_u
    i64.gt_u
    local.get 2
    i64.extend_i32_u
    table.size $u
    i64.extend_i32_u
    local.get 0
    i64.extend_i32_u
    i64.sub
    i64.gt_u
    i32.or
    if ;; label = @2
      local.get 0
      local.get 1
      local.get 2
      table.fill $u
      unreachable
    end
    loop ;; label = @2
      local.get 0
      local.get 1
      i32.const 1024
      table.fill $u
      local.get 0
      i32.const 1024
      i32.add
      local.set 0
      local.get 2
      i32.const 1024
      i32.sub
      local.set 2
      global.get $skerry:fuel
      i32.const 256
      i32.sub
      global.set $skerry:fuel
      global.get $skerry:fuel
      i32.const 0
      i32.lt_s
      if ;; label = @3
        call $skerry:tick
      end
      local.get 2
      i32.const 1024
      i32.gt_u
      br_if 0 (;@2;)
    end
  end
  local.get 0
  local.get 1
  local.get 2
  table.fill $u
  global.get $skerry:fuel
  local.get 2
  i32.const 2
  i32.shr_u
  i32.sub
  global.set $skerry:fuel
  global.get $skerry:fuel
  i32.const 0
  i32.lt_s
  if ;; label = @1
    call $skerry:tick
  end
)
(func $skerry:copy_table_0_0 (;15;) (type 8) (param i32 i32 i32)
  i32.const 1
  global.set $skerry:changed_0
  local.get 2
  i32.const 1024
  i32.gt_u
  if ;; label = @1
    local.get 0
    i64.extend_i32_u
    table.size $t
    i64.extend_i32_u
    i64.gt_u
    local.get 2
    i64.extend_i32_u
    table.size $t
    i64.extend_i32_u
    local.get 0
    i64.extend_i32_u
    i64.sub
    i64.gt_u
    i32.or
    local.get 1
    i64.extend_i32_u
    table.size $t
    i64.extend_i32_u
    i64.gt_u
    local.get 2
    i64.extend_i32_u
    table.size $t
    i64.extend_i32_u
    local.get 1
    i64.extend_i32_u
    i64.sub
    i64.gt_u
    i32.or
    i32.or
    if ;; label = @2
      local.get 0
      local.get 1
      local.get 2
      table.copy
      unreachable
    end
    local.get 0
    local.get 1
    i32.gt_u
    if ;; label = @2
      loop ;; label = @3
        local.get 2
        i32.const 1024
        i32.sub
        local.set 2
        local.get 0
        local.get 2
        i32.add
        local.get 1
        local.get 2
        i32.add
        i32.const 1024
        table.copy
        global.get $skerry:fuel
        i32.const 256
        i32.sub
        global.set $skerry:fuel
        global.get $skerry:fuel
        i32.const 0
        i32.lt_s
        if ;; label = @4
          call $skerry:tick
        end
        local.get 2
        i32.const 1024
        i32.gt_u
        br_if 0 (;@3;)
      end
    else
      loop ;; label = @3
        local.get 0
        local.get 1
        i32.const 1024
        table.copy
        local.get 0
        i32.const 1024
        i32.add
        local.set 0
        local.get 1
        i32.const 1024
        i32.add
        local.set 1
        local.get 2
        i32.const 1024
        i32.sub
        local.set 2
        global.get $skerry:fuel
        i32.const 256
        i32.sub
        global.set $skerry:fuel
        global.get $skerry:fuel
        i32.const 0
        i32.lt_s
        if ;; label = @4
          call $skerry:tick
        end
        local.get 2
        i32.const 1024
        i32.gt_u
        br_if 0 (;@3;)
      end
    end
  end
  local.get 0
  local.get 1
  local.get 2
  table.copy
  global.get $skerry:fuel
  local.get 2
  i32.const 2
  i32.shr_u
  i32.sub
  global.set $skerry:fuel
  global.get $skerry:fuel
  i32.const 0
  i32.lt_s
  if ;; label = @1
    call $skerry:tick
  end
)
(func $skerry:init_table_1_0 (;16;) (type 8) (param i32 i32 i32)
  i32.const 1
  global.set $skerry:changed_0
  global.get $skerry:dropped_elem_1
  if ;; label = @1
    local.get 0
    local.get 1
    local.get 2
    table.init $skerry:empty_1
  else
    local.get 0
    local.get 1
    local.get 2
    table.init $e
  end
  global.get $skerry:fuel
  local.get 2
  i32.const 2
  i32.shr_u
  i32.sub
  global.set $skerry:fuel
  global.get $skerry:fuel
  i32.const 0
  i32.lt_s
  if ;; label = @1
    call $skerry:tick
  end
)
(func $skerry:restore_0 (;17;) (type 5) (param i32 i32)
  (local i32)
  i32.const 1024
  local.get 1
  i32.const 1024
  local.get 1
  i32.lt_u
  select
  local.tee 2
  local.get 0
  i32.gt_u
  if ;; label = @1
    local.get 0
    i32.const 0
    local.get 2
    local.get 0
    i32.sub
    memory.fill
    local.get 2
    local.set 0
  end
  i32.const 1029
  local.get 1
  i32.const 1029
  local.get 1
  i32.lt_u
  select
  local.tee 2
  local.get 0
  i32.gt_u
  if ;; label = @1
    local.get 0
    local.get 0
    i32.const 1024
    i32.sub
    local.get 2
    local.get 0
    i32.sub
    memory.init $skerry:image_0_0
    local.get 2
    local.set 0
  end
  local.get 1
  local.get 0
  i32.gt_u
  if ;; label = @1
    local.get 0
    i32.const 0
    local.get 1
    local.get 0
    i32.sub
    memory.fill
  end
)
(func $skerry:restore_1 (;18;) (type 13) (param i64 i64)
  (local i64)
  local.get 1
  local.get 0
  i64.gt_u
  if ;; label = @1
    local.get 0
    i32.const 0
    local.get 1
    local.get 0
    i64.sub
    memory.fill $w
  end
)
(func $skerry:sweep_0 (;19;) (type 2)
  (local i32 i32 i32 i32 i64)
  memory.size
  i32.const 4
  i32.shl
  local.set 2
  block ;; label = @1
    loop ;; label = @2
      local.get 0
      local.get 2
      i32.ge_u
      br_if 1 (;@1;)
      local.get 0
      i64.load $skerry:side align=1
      local.tee 4
      i64.eqz
      if ;; label = @3
        local.get 0
        i32.const 8
        i32.add
        local.set 0
        br 1 (;@2;)
      end
      local.get 0
      local.get 4
      i64.ctz
      i32.wrap_i64
      i32.const 3
      i32.shr_u
      i32.add
      local.tee 0
      local.set 1
      loop ;; label = @3
        local.get 1
        i32.const 1
        i32.add
        local.tee 1
        local.get 2
        i32.lt_u
        if ;; label = @4
          local.get 1
          i32.load8_u $skerry:side
          br_if 1 (;@3;)
        end
      end
      local.get 1
      i32.const 12
      i32.shl
      i32.const 1024
      i32.add
      local.set 3
      local.get 2
      i32.const 12
      i32.shl
      local.get 3
      local.get 2
      i32.const 12
      i32.shl
      local.get 3
      i32.lt_u
      select
      local.set 3
      local.get 0
      i32.const 12
      i32.shl
      local.get 3
      call $skerry:restore_0
      local.get 0
      i32.const 0
      i32.add
      i32.const 0
      local.get 1
      local.get 0
      i32.sub
      memory.fill $skerry:side
      local.get 1
      i32.const -8
      i32.and
      local.set 0
      br 0 (;@2;)
    end
  end
)
(func $skerry:run_init (;20;) (type 2)
  i32.const 1024
  i32.const 0
  i32.const 5
  memory.init $skerry:image_0_0
  i32.const 0
  i32.const 0
  i32.const 2
  table.copy $skerry:snapshot_0 $t
  i32.const 0
  i32.const 0
  i32.const 1
  table.copy $skerry:snapshot_1 $u
)
(func $skerry:run_reset (;21;) (type 14) (result i32)
  call $skerry:sweep_0
  memory.size
  i32.const 3
  i32.sub
  global.set $skerry:hidden_0
  i64.const 0
  memory.size $w
  i64.const 16
  i64.shl
  call $skerry:restore_1
  memory.size $w
  i64.const 1
  i64.sub
  global.set $skerry:hidden_1
  i32.const 7
  global.set $g
  global.get $skerry:changed_0
  if ;; label = @1
    i32.const 0
    i32.const 0
    i32.const 2
    table.copy $t $skerry:snapshot_0
    i32.const 0
    global.set $skerry:changed_0
  end
  global.get $skerry:changed_1
  if ;; label = @1
    i32.const 0
    i32.const 0
    i32.const 1
    table.copy $u $skerry:snapshot_1
    i32.const 0
    global.set $skerry:changed_1
  end
  i32.const 0
  global.set $skerry:dropped_data_1
  i32.const 0
  global.set $skerry:dropped_elem_1
  i32.const 0
  memory.size
  i32.const 3
  i32.ne
  i32.or
  memory.size $w
  i64.const 1
  i64.ne
  i32.or
  global.get $skerry:discard
  i32.const 1
  i32.shl
  i32.or
)
(data (;0;) "")
(data $d (;1;) "abc")
(data $skerry:image_0_0 (;2;) "image")
(data $skerry:empty (;3;) "")
