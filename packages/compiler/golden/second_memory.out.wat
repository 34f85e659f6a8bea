;; memories: barrier, barrier, whole
(memory $a (;0;) 3 65535)
(memory $b (;1;) 4 65535)
(memory $c (;2;) 1 65535)
(memory $skerry:side (;3;) 32 32)
(func $f (;0;) (type 0) (param $p i32)
  local.get $p
  i32.const 1
  i32.store
  local.get $p
  i32.const 12
  i32.shr_u
  i32.const 1
  i32.store8 $skerry:side
  local.get $p
  i32.const 1
  i32.store $b
  local.get $p
  i32.const 12
  i32.shr_u
  i32.const 1
  i32.store8 $skerry:side offset=1048576
  local.get $p
  i32.const 1
  i32.store $c
  loop ;; label = @1
    global.get $skerry:fuel
    i32.const 0
    i32.sub
    global.set $skerry:fuel
    global.get $skerry:fuel
    i32.const 0
    i32.lt_s
    if ;; label = @2
      call $skerry:tick
    end
  end
)
