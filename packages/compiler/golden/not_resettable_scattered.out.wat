;; memories: not reset
;; not resettable: its data segments are scattered over the memory

