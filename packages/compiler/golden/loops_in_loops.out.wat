(func $count (;0;) (type 0) (param $n i32)
  (local $m i32)
  loop $outer
    global.get $skerry:fuel
    i32.const 58
    i32.sub
    global.set $skerry:fuel
    global.get $skerry:fuel
    i32.const 0
    i32.lt_s
    if $inner
      call $skerry:tick
    end
    i32.const 9
    local.set $m
    block ;; label = @2
      loop ;; label = @3
        local.get $m
        i32.const 1
        i32.sub
        local.tee $m
        i32.eqz
        br_if 1 (;@2;)
        local.get $m
        i32.const 1
        i32.sub
        local.tee $m
        i32.eqz
        br_if 1 (;@2;)
        local.get $m
        i32.const 1
        i32.sub
        local.tee $m
        i32.eqz
        br_if 1 (;@2;)
        local.get $m
        i32.const 1
        i32.sub
        local.tee $m
        i32.eqz
        br_if 1 (;@2;)
        local.get $m
        i32.const 1
        i32.sub
        local.tee $m
        i32.eqz
        br_if 1 (;@2;)
        local.get $m
        i32.const 1
        i32.sub
        local.tee $m
        i32.eqz
        br_if 1 (;@2;)
        local.get $m
        i32.const 1
        i32.sub
        local.tee $m
        i32.eqz
        br_if 1 (;@2;)
        local.get $m
        i32.const 1
        i32.sub
        local.tee $m
        i32.eqz
        br_if 1 (;@2;)
        global.get $skerry:fuel
        i32.const 49
        i32.sub
        global.set $skerry:fuel
        global.get $skerry:fuel
        i32.const 0
        i32.lt_s
        if ;; label = @4
          call $skerry:tick
        end
        br 0 (;@3;)
      end
    end
    local.get $n
    i32.const 1
    i32.sub
    local.tee $n
    br_if $outer
  end
)
