;; memories: barrier
(type $type (;0;) (func (param i32)))
(type (;1;) (func (param i32 i32) (result i32)))
(type (;2;) (func (param i32 i32 i64 i64) (result i32)))
(type (;3;) (func))
(type (;4;) (func (param i32 i32)))
(type (;5;) (func (result i32)))
(table $table (;0;) 1 funcref)
(table $skerry:hooks (;1;) 2 2 funcref)
(memory $memory (;0;) 3 65535)
(memory $skerry:side (;1;) 16 16)
(global $global (;0;) (mut i32) i32.const 0)
(global $skerry:fuel (;1;) (mut i32) i32.const 0)
(global $skerry:id (;2;) (mut i32) i32.const 0)
(func $function (;0;) (type $type) (param $param i32)
  (local $local i64)
  block $block
    local.get $param
    br_if $block
  end
  i64.const 1
  local.set $local
  local.get $param
  global.set $global
  local.get $param
  local.get $local
  i64.store
  local.get $param
  i32.const 12
  i32.shr_u
  i32.const 1
  i32.store8 $skerry:side
)
