(func $f (;0;) (type 0) (param $n i32) (result i32)
  block $again (result i32)
    loop (result i32) ;; label = @2
      block ;; label = @3
        local.get $n
        i32.const 1
        i32.sub
        local.set $n
        local.get $n
        i32.const 1
        i32.and
        br_if 0 (;@3;)
        local.get $n
        i32.const 2
        i32.and
        br_if 0 (;@3;)
        local.get $n
        br $again
      end
      block ;; label = @3
        local.get $n
        i32.const 1
        i32.sub
        local.set $n
        local.get $n
        i32.const 1
        i32.and
        br_if 0 (;@3;)
        local.get $n
        i32.const 2
        i32.and
        br_if 0 (;@3;)
        local.get $n
        br $again
      end
      block ;; label = @3
        local.get $n
        i32.const 1
        i32.sub
        local.set $n
        local.get $n
        i32.const 1
        i32.and
        br_if 0 (;@3;)
        local.get $n
        i32.const 2
        i32.and
        br_if 0 (;@3;)
        local.get $n
        br $again
      end
      block ;; label = @3
        local.get $n
        i32.const 1
        i32.sub
        local.set $n
        local.get $n
        i32.const 1
        i32.and
        br_if 0 (;@3;)
        local.get $n
        i32.const 2
        i32.and
        br_if 0 (;@3;)
        local.get $n
        br $again
      end
      global.get $skerry:fuel
      i32.const 55
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
