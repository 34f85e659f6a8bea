(func $f (;0;) (type 0) (param $n i32)
  loop $again
    global.get $skerry:fuel
    i32.const 55
    i32.sub
    global.set $skerry:fuel
    global.get $skerry:fuel
    i32.const 0
    i32.lt_s
    if ;; label = @2
      call $skerry:tick
    end
    i32.const 0
    call $f
    local.get $n
    i32.const 1
    i32.sub
    local.tee $n
    br_if $again
  end
)
