;; not resettable: an immutable global holds an object of the engine's heap that no reset reaches
;; not resettable: a table holds an object of the engine's heap that no reset reaches
;; not resettable: an element segment holds an object of the engine's heap that no reset reaches
(func $f (;0;) (type 1)
  global.get $g
  drop
)
