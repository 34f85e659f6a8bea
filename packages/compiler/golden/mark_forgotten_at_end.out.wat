;; memories: barrier
(func $f (;0;) (type 0) (param $p i32) (param $q i32)
  local.get $q
  i32.const 0
  i32.store
  local.get $q
  i32.const 12
  i32.shr_u
  i32.const 1
  i32.store8 $skerry:side
  local.get $p
  if ;; label = @1
    local.get $p
    i32.const 1
    i32.store
    local.get $p
    i32.const 12
    i32.shr_u
    i32.const 1
    i32.store8 $skerry:side
    local.get $q
    i32.const 1
    i32.store
  else
    local.get $p
    i32.const 2
    i32.store
    local.get $p
    i32.const 12
    i32.shr_u
    i32.const 1
    i32.store8 $skerry:side
    local.get $q
    i32.const 2
    i32.store
  end
  local.get $p
  i32.const 3
  i32.store
  local.get $p
  i32.const 12
  i32.shr_u
  i32.const 1
  i32.store8 $skerry:side
  local.get $q
  i32.const 3
  i32.store
)
