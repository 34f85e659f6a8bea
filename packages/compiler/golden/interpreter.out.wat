(func $f (;0;) (type 0) (param $n i32)
  block $again
    loop $done
      global.get $skerry:fuel
      i32.const 385
      i32.sub
      global.set $skerry:fuel
      global.get $skerry:fuel
      i32.const 0
      i32.lt_s
      if $step
        call $skerry:tick
      end
      block $inner
        block ;; label = @4
          block ;; label = @5
            local.get $n
            i32.const 1
            i32.sub
            local.tee $n
            br_table 0 (;@5;) $inner 1 (;@4;)
          end
          block ;; label = @5
            loop ;; label = @6
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              local.get $n
              i32.const 1
              i32.sub
              local.tee $n
              i32.eqz
              br_if 1 (;@5;)
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              local.get $n
              i32.const 1
              i32.sub
              local.tee $n
              i32.eqz
              br_if 1 (;@5;)
              global.get $skerry:fuel
              i32.const 181
              i32.sub
              global.set $skerry:fuel
              global.get $skerry:fuel
              i32.const 0
              i32.lt_s
              if ;; label = @7
                call $skerry:tick
              end
              br 0 (;@6;)
            end
          end
          br $inner
        end
        br $again
      end
      block ;; label = @3
        block ;; label = @4
          block ;; label = @5
            local.get $n
            i32.const 1
            i32.sub
            local.tee $n
            br_table 0 (;@5;) 2 (;@3;) 1 (;@4;)
          end
          block ;; label = @5
            loop ;; label = @6
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              local.get $n
              i32.const 1
              i32.sub
              local.tee $n
              i32.eqz
              br_if 1 (;@5;)
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              nop
              local.get $n
              i32.const 1
              i32.sub
              local.tee $n
              i32.eqz
              br_if 1 (;@5;)
              global.get $skerry:fuel
              i32.const 181
              i32.sub
              global.set $skerry:fuel
              global.get $skerry:fuel
              i32.const 0
              i32.lt_s
              if ;; label = @7
                call $skerry:tick
              end
              br 0 (;@6;)
            end
          end
          br 1 (;@3;)
        end
        br $again
      end
      br $done
    end
  end
)
