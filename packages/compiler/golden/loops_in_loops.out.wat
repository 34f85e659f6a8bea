(func $count (;0;) (type 0) (param $n i32)
  (local $m i32)
  block $outer
    loop $inner
      global.get $skerry:fuel
      i32.const 117
      i32.sub
      global.set $skerry:fuel
      global.get $skerry:fuel
      i32.const 0
      i32.lt_s
      if ;; label = @3
        call $skerry:tick
      end
      i32.const 9
      local.set $m
      block ;; label = @3
        loop ;; label = @4
          local.get $m
          i32.const 1
          i32.sub
          local.tee $m
          i32.eqz
          br_if 1 (;@3;)
          local.get $m
          i32.const 1
          i32.sub
          local.tee $m
          i32.eqz
          br_if 1 (;@3;)
          local.get $m
          i32.const 1
          i32.sub
          local.tee $m
          i32.eqz
          br_if 1 (;@3;)
          local.get $m
          i32.const 1
          i32.sub
          local.tee $m
          i32.eqz
          br_if 1 (;@3;)
          local.get $m
          i32.const 1
          i32.sub
          local.tee $m
          i32.eqz
          br_if 1 (;@3;)
          local.get $m
          i32.const 1
          i32.sub
          local.tee $m
          i32.eqz
          br_if 1 (;@3;)
          local.get $m
          i32.const 1
          i32.sub
          local.tee $m
          i32.eqz
          br_if 1 (;@3;)
          local.get $m
          i32.const 1
          i32.sub
          local.tee $m
          i32.eqz
          br_if 1 (;@3;)
          global.get $skerry:fuel
          i32.const 49
          i32.sub
          global.set $skerry:fuel
          global.get $skerry:fuel
          i32.const 0
          i32.lt_s
          if ;; label = @5
            call $skerry:tick
          end
          br 0 (;@4;)
        end
      end
      local.get $n
      i32.const 1
      i32.sub
      local.tee $n
      i32.eqz
      br_if $outer
      i32.const 9
      local.set $m
      block ;; label = @3
        loop ;; label = @4
          local.get $m
          i32.const 1
          i32.sub
          local.tee $m
          i32.eqz
          br_if 1 (;@3;)
          local.get $m
          i32.const 1
          i32.sub
          local.tee $m
          i32.eqz
          br_if 1 (;@3;)
          local.get $m
          i32.const 1
          i32.sub
          local.tee $m
          i32.eqz
          br_if 1 (;@3;)
          local.get $m
          i32.const 1
          i32.sub
          local.tee $m
          i32.eqz
          br_if 1 (;@3;)
          local.get $m
          i32.const 1
          i32.sub
          local.tee $m
          i32.eqz
          br_if 1 (;@3;)
          local.get $m
          i32.const 1
          i32.sub
          local.tee $m
          i32.eqz
          br_if 1 (;@3;)
          local.get $m
          i32.const 1
          i32.sub
          local.tee $m
          i32.eqz
          br_if 1 (;@3;)
          local.get $m
          i32.const 1
          i32.sub
          local.tee $m
          i32.eqz
          br_if 1 (;@3;)
          global.get $skerry:fuel
          i32.const 49
          i32.sub
          global.set $skerry:fuel
          global.get $skerry:fuel
          i32.const 0
          i32.lt_s
          if ;; label = @5
            call $skerry:tick
          end
          br 0 (;@4;)
        end
      end
      local.get $n
      i32.const 1
      i32.sub
      local.tee $n
      br_if $inner
    end
  end
)
