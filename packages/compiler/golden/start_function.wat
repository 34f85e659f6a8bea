;; The artifact has no start section: the host calls `skerry:start` when it is ready.
;; shows: export
(module
  (start $main)
  (func $main))
