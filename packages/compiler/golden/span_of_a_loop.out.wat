;; memories: barrier
(func $f (;0;) (type 0) (param $p i32) (param $end i32) (param $stride i32)
  block $again
    local.get $p
    local.get $end
    local.get $stride
    i32.const 5000
    call $skerry:mark_span_0
    loop ;; label = @2
      local.get $p
      i32.const 5000
      i32.add
      i32.const 1
      i32.store8
      local.get $p
      local.get $stride
      i32.add
      local.tee $p
      local.get $end
      i32.lt_u
      i32.eqz
      br_if $again
      local.get $p
      i32.const 5000
      i32.add
      i32.const 1
      i32.store8
      local.get $p
      local.get $stride
      i32.add
      local.tee $p
      local.get $end
      i32.lt_u
      i32.eqz
      br_if $again
      local.get $p
      i32.const 5000
      i32.add
      i32.const 1
      i32.store8
      local.get $p
      local.get $stride
      i32.add
      local.tee $p
      local.get $end
      i32.lt_u
      i32.eqz
      br_if $again
      local.get $p
      i32.const 5000
      i32.add
      i32.const 1
      i32.store8
      local.get $p
      local.get $stride
      i32.add
      local.tee $p
      local.get $end
      i32.lt_u
      i32.eqz
      br_if $again
      local.get $p
      i32.const 5000
      i32.add
      i32.const 1
      i32.store8
      local.get $p
      local.get $stride
      i32.add
      local.tee $p
      local.get $end
      i32.lt_u
      i32.eqz
      br_if $again
      local.get $p
      i32.const 5000
      i32.add
      i32.const 1
      i32.store8
      local.get $p
      local.get $stride
      i32.add
      local.tee $p
      local.get $end
      i32.lt_u
      i32.eqz
      br_if $again
      local.get $p
      i32.const 5000
      i32.add
      i32.const 1
      i32.store8
      local.get $p
      local.get $stride
      i32.add
      local.tee $p
      local.get $end
      i32.lt_u
      i32.eqz
      br_if $again
      local.get $p
      i32.const 5000
      i32.add
      i32.const 1
      i32.store8
      local.get $p
      local.get $stride
      i32.add
      local.tee $p
      local.get $end
      i32.lt_u
      i32.eqz
      br_if $again
      global.get $skerry:fuel
      i32.const 105
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
(func $g (;1;) (type 0) (param $p i32) (param $end i32) (param $stride i32)
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
      local.get $end
      i32.load
      local.set $end
      local.get $p
      local.get $stride
      i32.add
      local.tee $p
      local.get $end
      i32.lt_u
      i32.eqz
      br_if $again
      local.get $p
      i32.const 1
      i32.store
      local.get $p
      i32.const 12
      i32.shr_u
      i32.const 1
      i32.store8 $skerry:side
      local.get $end
      i32.load
      local.set $end
      local.get $p
      local.get $stride
      i32.add
      local.tee $p
      local.get $end
      i32.lt_u
      i32.eqz
      br_if $again
      local.get $p
      i32.const 1
      i32.store
      local.get $p
      i32.const 12
      i32.shr_u
      i32.const 1
      i32.store8 $skerry:side
      local.get $end
      i32.load
      local.set $end
      local.get $p
      local.get $stride
      i32.add
      local.tee $p
      local.get $end
      i32.lt_u
      i32.eqz
      br_if $again
      local.get $p
      i32.const 1
      i32.store
      local.get $p
      i32.const 12
      i32.shr_u
      i32.const 1
      i32.store8 $skerry:side
      local.get $end
      i32.load
      local.set $end
      local.get $p
      local.get $stride
      i32.add
      local.tee $p
      local.get $end
      i32.lt_u
      i32.eqz
      br_if $again
      local.get $p
      i32.const 1
      i32.store
      local.get $p
      i32.const 12
      i32.shr_u
      i32.const 1
      i32.store8 $skerry:side
      local.get $end
      i32.load
      local.set $end
      local.get $p
      local.get $stride
      i32.add
      local.tee $p
      local.get $end
      i32.lt_u
      i32.eqz
      br_if $again
      local.get $p
      i32.const 1
      i32.store
      local.get $p
      i32.const 12
      i32.shr_u
      i32.const 1
      i32.store8 $skerry:side
      local.get $end
      i32.load
      local.set $end
      local.get $p
      local.get $stride
      i32.add
      local.tee $p
      local.get $end
      i32.lt_u
      i32.eqz
      br_if $again
      local.get $p
      i32.const 1
      i32.store
      local.get $p
      i32.const 12
      i32.shr_u
      i32.const 1
      i32.store8 $skerry:side
      local.get $end
      i32.load
      local.set $end
      local.get $p
      local.get $stride
      i32.add
      local.tee $p
      local.get $end
      i32.lt_u
      i32.eqz
      br_if $again
      local.get $p
      i32.const 1
      i32.store
      local.get $p
      i32.const 12
      i32.shr_u
      i32.const 1
      i32.store8 $skerry:side
      local.get $end
      i32.load
      local.set $end
      local.get $p
      local.get $stride
      i32.add
      local.tee $p
      local.get $end
      i32.lt_u
      i32.eqz
      br_if $again
      global.get $skerry:fuel
      i32.const 113
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
(func $h (;2;) (type 1) (param $p i32) (param $end i32)
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
      local.tee $p
      local.get $end
      i32.lt_u
      i32.eqz
      br_if $again
      local.get $p
      i32.const 1
      i32.store
      local.get $p
      i32.const 4
      i32.add
      local.tee $p
      local.get $end
      i32.lt_u
      i32.eqz
      br_if $again
      local.get $p
      i32.const 1
      i32.store
      local.get $p
      i32.const 4
      i32.add
      local.tee $p
      local.get $end
      i32.lt_u
      i32.eqz
      br_if $again
      local.get $p
      i32.const 1
      i32.store
      local.get $p
      i32.const 4
      i32.add
      local.tee $p
      local.get $end
      i32.lt_u
      i32.eqz
      br_if $again
      local.get $p
      i32.const 1
      i32.store
      local.get $p
      i32.const 4
      i32.add
      local.tee $p
      local.get $end
      i32.lt_u
      i32.eqz
      br_if $again
      local.get $p
      i32.const 1
      i32.store
      local.get $p
      i32.const 4
      i32.add
      local.tee $p
      local.get $end
      i32.lt_u
      i32.eqz
      br_if $again
      local.get $p
      i32.const 1
      i32.store
      local.get $p
      i32.const 4
      i32.add
      local.tee $p
      local.get $end
      i32.lt_u
      i32.eqz
      br_if $again
      local.get $p
      i32.const 1
      i32.store
      local.get $p
      i32.const 4
      i32.add
      local.tee $p
      local.get $end
      i32.lt_u
      i32.eqz
      br_if $again
      global.get $skerry:fuel
      i32.const 89
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
