;; memories: not reset
;; not resettable: a memory begins with more than 65535 pages

