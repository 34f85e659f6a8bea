(func $f (;0;) (type 0) (param $n i32)
  block $again
    loop ;; label = @2
      local.get $n
      (@metadata.code.branch_hint "\01")
      if ;; label = @3
        nop
      end
      local.get $n
      i32.eqz
      br_if $again
      local.get $n
      (@metadata.code.branch_hint "\01")
      if ;; label = @3
        nop
      end
      local.get $n
      i32.eqz
      br_if $again
      local.get $n
      (@metadata.code.branch_hint "\01")
      if ;; label = @3
        nop
      end
      local.get $n
      i32.eqz
      br_if $again
      local.get $n
      (@metadata.code.branch_hint "\01")
      if ;; label = @3
        nop
      end
      local.get $n
      i32.eqz
      br_if $again
      local.get $n
      (@metadata.code.branch_hint "\01")
      if ;; label = @3
        nop
      end
      local.get $n
      i32.eqz
      br_if $again
      local.get $n
      (@metadata.code.branch_hint "\01")
      if ;; label = @3
        nop
      end
      local.get $n
      i32.eqz
      br_if $again
      local.get $n
      (@metadata.code.branch_hint "\01")
      if ;; label = @3
        nop
      end
      local.get $n
      i32.eqz
      br_if $again
      local.get $n
      (@metadata.code.branch_hint "\01")
      if ;; label = @3
        nop
      end
      local.get $n
      i32.eqz
      br_if $again
      global.get $skerry:fuel
      i32.const 49
      i32.sub
      global.set $skerry:fuel
      global.get $skerry:fuel
      i32.const 0
      i32.lt_s
      (@metadata.code.branch_hint "\00")
      if ;; label = @3
        call $skerry:tick
      end
      br 0 (;@2;)
    end
  end
)
