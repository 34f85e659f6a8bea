;; memories: barrier
(func $f (;0;) (type 0) (param $p i32) (param $q i32)
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
  local.get $q
  i32.const 12
  i32.shr_u
  i32.const 1
  i32.store8 $skerry:side
  block $again
    loop ;; label = @2
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
      local.get $p
      i32.load
      local.set $p
      local.get $p
      i32.eqz
      br_if $again
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
      local.get $p
      i32.load
      local.set $p
      local.get $p
      i32.eqz
      br_if $again
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
      local.get $p
      i32.load
      local.set $p
      local.get $p
      i32.eqz
      br_if $again
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
      local.get $p
      i32.load
      local.set $p
      local.get $p
      i32.eqz
      br_if $again
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
      local.get $p
      i32.load
      local.set $p
      local.get $p
      i32.eqz
      br_if $again
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
      local.get $p
      i32.load
      local.set $p
      local.get $p
      i32.eqz
      br_if $again
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
      local.get $p
      i32.load
      local.set $p
      local.get $p
      i32.eqz
      br_if $again
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
      local.get $p
      i32.load
      local.set $p
      local.get $p
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
)
