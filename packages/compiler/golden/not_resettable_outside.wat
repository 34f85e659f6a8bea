;; An instance of this module cannot even be made.
(module
  (memory 3)
  (data (i32.const 196606) "abc"))
