;; memories: barrier
(func (;0;) (type 0) (param $p i32) (param $q i32) (param $r i32)
  block $b
    local.get $p
    i32.const 1
    i32.store
    local.get $p
    i32.const 12
    i32.shr_u
    i32.const 1
    i32.store8 $skerry:side
    local.get $r
    br_if $b
    local.get $q
    i32.const 2
    i32.store
    local.get $q
    i32.const 12
    i32.shr_u
    i32.const 1
    i32.store8 $skerry:side
  end
  local.get $p
  i32.const 3
  i32.store offset=4
  local.get $q
  i32.const 4
  i32.store offset=4
  local.get $q
  i32.const 12
  i32.shr_u
  i32.const 1
  i32.store8 $skerry:side
)
