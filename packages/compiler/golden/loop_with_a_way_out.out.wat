(func $f (;0;) (type 0) (param $n i32)
  block $out
    block $far
      block $again
        loop $near
          block ;; label = @5
            nop
            nop
            nop
            nop
            nop
            nop
            local.get $n
            br_if $out
            block ;; label = @6
              local.get $n
              br_table 0 (;@6;) $far 1 (;@5;) $out
            end
            local.get $n
            br_if 0 (;@5;)
            br $again
          end
          block ;; label = @5
            nop
            nop
            nop
            nop
            nop
            nop
            local.get $n
            br_if $out
            block ;; label = @6
              local.get $n
              br_table 0 (;@6;) $far 1 (;@5;) $out
            end
            local.get $n
            br_if 0 (;@5;)
            br $again
          end
          global.get $skerry:fuel
          i32.const 30
          i32.sub
          global.set $skerry:fuel
          global.get $skerry:fuel
          i32.const 0
          i32.lt_s
          if ;; label = @5
            call $skerry:tick
          end
          br $near
        end
      end
      return
    end
    nop
  end
)
