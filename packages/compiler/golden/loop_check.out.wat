(func $count (;0;) (type 0) (param $n i32)
  block $again
    loop ;; label = @2
      local.get $n
      if ;; label = @3
        nop
      else
        nop
        nop
        nop
        nop
      end
      local.get $n
      i32.const 1
      i32.sub
      local.tee $n
      i32.eqz
      br_if $again
      local.get $n
      if ;; label = @3
        nop
      else
        nop
        nop
        nop
        nop
      end
      local.get $n
      i32.const 1
      i32.sub
      local.tee $n
      i32.eqz
      br_if $again
      local.get $n
      if ;; label = @3
        nop
      else
        nop
        nop
        nop
        nop
      end
      local.get $n
      i32.const 1
      i32.sub
      local.tee $n
      i32.eqz
      br_if $again
      local.get $n
      if ;; label = @3
        nop
      else
        nop
        nop
        nop
        nop
      end
      local.get $n
      i32.const 1
      i32.sub
      local.tee $n
      i32.eqz
      br_if $again
      local.get $n
      if ;; label = @3
        nop
      else
        nop
        nop
        nop
        nop
      end
      local.get $n
      i32.const 1
      i32.sub
      local.tee $n
      i32.eqz
      br_if $again
      local.get $n
      if ;; label = @3
        nop
      else
        nop
        nop
        nop
        nop
      end
      local.get $n
      i32.const 1
      i32.sub
      local.tee $n
      i32.eqz
      br_if $again
      local.get $n
      if ;; label = @3
        nop
      else
        nop
        nop
        nop
        nop
      end
      local.get $n
      i32.const 1
      i32.sub
      local.tee $n
      i32.eqz
      br_if $again
      local.get $n
      if ;; label = @3
        nop
      else
        nop
        nop
        nop
        nop
      end
      local.get $n
      i32.const 1
      i32.sub
      local.tee $n
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
