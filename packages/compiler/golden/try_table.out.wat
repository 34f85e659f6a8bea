(func $f (;0;) (type 0)
  block $h
    try_table (catch $e $h) ;; label = @2
      i32.const 0
      global.get $skerry:fuel
      i32.const 1027
      i32.sub
      global.set $skerry:fuel
      global.get $skerry:fuel
      i32.const 0
      i32.lt_s
      if ;; label = @3
        call $skerry:tick
      end
      call_indirect (type 0)
      nop
      nop
    end
  end
  global.get $skerry:fuel
  i32.const 1027
  i32.sub
  global.set $skerry:fuel
  global.get $skerry:fuel
  i32.const 0
  i32.lt_s
  if ;; label = @1
    call $skerry:tick
  end
  call $f
)
