;; The older exceptions: each handler begins with what the body may have spent.
(module
  (tag $e (param i32))
  (func $f (param $n i32)
    loop $again
      try
        local.get $n
        throw $e
      catch $e
        drop
      catch_all
        nop
      end
      try
        nop
      delegate 0
      br $again
    end))
