;; A long way is paid for in several charges: the first before it has cost freeUnitsMax without one, the
;; others after stretchUnitsMax each. A call costs what its function does: 12 units, or 194 for $many.
(module
  (func $ten (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop) (nop))
  (func $many
    (call $ten) (call $ten) (call $ten) (call $ten) (call $ten) (call $ten) (call $ten) (call $ten)
    (call $ten) (call $ten) (call $ten) (call $ten) (call $ten) (call $ten) (call $ten) (call $ten))
  (func $long
    (call $many) (call $many) (call $many) (call $many) (call $many) (call $many) (call $many)
    (call $many) (call $many) (call $many) (call $many) (call $many) (call $many) (call $many)
    (call $many) (call $many) (call $many) (call $many) (call $many) (call $many) (call $many)
    (call $many) (call $many) (call $many) (call $many) (call $many) (call $many) (call $many)))
