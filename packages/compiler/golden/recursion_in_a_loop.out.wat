(func $f (;0;) (type 0) (param $n i32)
  global.get $skerry:fuel
  i32.const 1
  i32.sub
  global.set $skerry:fuel
  global.get $skerry:fuel
  i32.const 0
  i32.lt_s
  if $again
    call $skerry:tick
  end
  loop ;; label = @1
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
    br_if 0 (;@1;)
  end
)
