(func $f (;0;) (type 0) (param $n i32)
  block $again
    loop $far
      block $near
        block ;; label = @4
          block ;; label = @5
            local.get $n
            br_table 0 (;@5;) 1 (;@4;) $near
          end
          nop
          nop
          nop
        end
        br $near
      end
      block ;; label = @3
        block ;; label = @4
          block ;; label = @5
            local.get $n
            br_table 0 (;@5;) 1 (;@4;) 2 (;@3;)
          end
          nop
          nop
          nop
        end
        br 0 (;@3;)
      end
      global.get $skerry:fuel
      i32.const 19
      i32.sub
      global.set $skerry:fuel
      global.get $skerry:fuel
      i32.const 0
      i32.lt_s
      if ;; label = @3
        call $skerry:tick
      end
      br $far
    end
  end
)
