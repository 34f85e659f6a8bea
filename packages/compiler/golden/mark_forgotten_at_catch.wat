;; A handler may be reached from before the mark.
(module
  (memory 3)
  (func $f (param $p i32)
    try
      local.get $p
      i32.const 1
      i32.store
    catch_all
      local.get $p
      i32.const 2
      i32.store
    end
    local.get $p
    i32.const 3
    i32.store))
