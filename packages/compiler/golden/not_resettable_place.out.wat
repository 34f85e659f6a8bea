;; memories: not reset
;; not resettable: where a data segment goes depends on an import

