(func $f (;0;) (type 0) (param $n i32)
  loop $again
    global.get $skerry:fuel
    i32.const 7
    i32.sub
    global.set $skerry:fuel
    global.get $skerry:fuel
    i32.const 0
    i32.lt_s
    if ;; label = @2
      call $skerry:tick
    end
    try ;; label = @2
      local.get $n
      throw $e
    catch $e
      drop
    catch_all
      nop
    end
    try ;; label = @2
      nop
    delegate $again
    br $again
  end
)
