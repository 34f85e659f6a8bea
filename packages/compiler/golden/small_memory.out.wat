;; memories: whole
(func $f (;0;) (type 0) (param $p i32)
  loop ;; label = @1
    global.get $skerry:fuel
    i32.const 3
    i32.sub
    global.set $skerry:fuel
    global.get $skerry:fuel
    i32.const 0
    i32.lt_s
    if ;; label = @2
      call $skerry:tick
    end
    local.get $p
    i32.const 1
    i32.store
  end
)
(func $skerry:tick (;1;) (type 3)
  global.get $skerry:id
  global.get $skerry:fuel
  i32.const 0
  call_indirect (type 1)
  global.set $skerry:fuel
  global.get $skerry:fuel
  i32.const 0
  i32.le_s
  if ;; label = @1
    unreachable
  end
)
(func $skerry:restore_0 (;2;) (type 4) (param i32 i32)
  (local i32)
  i32.const 100
  local.get 1
  i32.const 100
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
  i32.const 103
  local.get 1
  i32.const 103
  local.get 1
  i32.lt_u
  select
  local.tee 2
  local.get 0
  i32.gt_u
  if ;; label = @1
    local.get 0
    local.get 0
    i32.const 100
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
(func $skerry:run_init (;3;) (type 3)
  i32.const 100
  i32.const 0
  i32.const 3
  memory.init $skerry:image_0_0
)
(func $skerry:run_reset (;4;) (type 5) (result i32)
  i32.const 0
  memory.size
  i32.const 16
  i32.shl
  call $skerry:restore_0
  i32.const 0
)
