;; memories: not reset
;; not resettable: a data segment lies outside of its memory

