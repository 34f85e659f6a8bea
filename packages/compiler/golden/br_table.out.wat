(func $f (;0;) (type 0) (param $n i32)
  loop $again
    global.get $skerry:fuel
    i32.const 8
    i32.sub
    global.set $skerry:fuel
    global.get $skerry:fuel
    i32.const 0
    i32.lt_s
    if $far
      call $skerry:tick
    end
    block $near
      block ;; label = @3
        local.get $n
        br_table 0 (;@3;) $near $again
      end
      nop
      nop
      nop
    end
    br $again
  end
)
