;; The module's hints go with their branches; ours say that no check fails often.
;; shows: hints
(module
  (func $f (param $n i32)
    loop $again
      local.get $n
      (@metadata.code.branch_hint "\01")
      if
        nop
      end
      local.get $n
      (@metadata.code.branch_hint "\00")
      br_if $again
    end))
