/** Texts of modules, each for something that the verifier has to look at. */

/** By what they show. */
export const coverageTexts: Readonly<Record<string, string>> = {
  "memory, tables and segments": `(module
    (type $v (func)) (type $t (func (param i32) (result i32)))
    (memory (export "memory") 3 20)
    (table $t 4 9 funcref) (table $u 5 funcref)
    (global $g (mut i32) (i32.const 77)) (global $h (mut i64) (i64.const -3))
    (global $k (mut funcref) (ref.func $steps)) (global $c f64 (f64.const 2))
    (data (i32.const 8) "at the start") (data (i32.const 70000) "further on")
    (data $d "passive") (data $kept "kept")
    (elem (i32.const 0) $steps $store) (elem $e func $steps $store) (elem declare func $grow)
    (func $steps (export "steps") (param $p i32)
      (loop $again
        (i32.store (local.get $p) (i32.const 1))
        (local.set $p (i32.add (local.get $p) (i32.const 4)))
        (br_if $again (local.get $p))))
    (func $store (export "store") (param $p i32) (param $q i32) (local $x i32)
      (i32.store (local.get $p) (i32.const 1))
      (i64.store offset=8 (local.get $p) (i64.const 2))
      (i32.store8 offset=2000 (local.get $p) (i32.const 1))
      (local.set $x (i32.load (local.get $q)))
      (i64.store (local.get $x) (i64.const 1))
      (if (local.get $q) (then (f64.store (local.get $q) (f64.const 1))))
      (f32.store (local.get $q) (f32.const 1))
      (i32.store16 (i32.load (local.get $p)) (local.get $x))
      (i32.store (i32.const 5000) (local.get $x))
      (i32.store (i32.const 50000) (local.get $x))
      (global.set $g (local.get $q)) (global.set $h (i64.const 5)))
    (func $grow (export "grow") (param $n i32) (result i32)
      (global.set $k (ref.func $grow))
      (drop (table.grow $t (ref.null func) (local.get $n)))
      (drop (memory.grow (local.get $n)))
      (memory.size))
    (func $bulk (export "bulk") (param $p i32) (param $q i32)
      (memory.fill (local.get $p) (i32.const 1) (local.get $q))
      (memory.copy (local.get $p) (local.get $q) (i32.const 9))
      (memory.init $d (local.get $p) (i32.const 0) (i32.const 3))
      (memory.init $kept (local.get $p) (i32.const 0) (i32.const 3))
      (data.drop $d)
      (table.set $t (local.get $p) (ref.null func))
      (table.set $u (local.get $p) (ref.null func))
      (table.fill $t (local.get $p) (ref.null func) (local.get $q))
      (table.copy $t $u (local.get $p) (local.get $q) (i32.const 1))
      (table.init $t $e (local.get $p) (i32.const 0) (i32.const 1))
      (elem.drop $e))
    (func $calls (export "calls") (param $p i32) (result i32)
      (if (i32.eqz (local.get $p)) (then (return (i32.const 1))))
      (call_indirect $t (type $v) (i32.const 3))
      (i32.add (call $calls (i32.sub (local.get $p) (i32.const 1)))
        (call $leaf (local.get $p))))
    (func $leaf (param $p i32) (result i32) (i32.mul (local.get $p) (local.get $p)))
    (func $nothing (export "nothing"))
    (start $nothing))`,
  "64 bits": `(module
    (memory i64 3 9)
    (table $t i64 3 funcref)
    (data (i64.const 16) "image")
    (func $f (export "f") (param $p i64) (param $n i64) (result i64)
      (i32.store (local.get $p) (i32.const 1))
      (i64.store offset=12 (local.get $p) (i64.const 1))
      (i32.store offset=70000 (local.get $p) (i32.const 2))
      (i32.store (i64.load (local.get $p)) (i32.const 3))
      (loop $again
        (i32.store (local.get $p) (i32.const 4))
        (local.set $p (i64.add (local.get $p) (i64.const 4)))
        (br_if $again (i64.eqz (local.get $p))))
      (memory.fill (local.get $p) (i32.const 0) (local.get $n))
      (table.set $t (local.get $p) (ref.null func))
      (drop (memory.grow (local.get $n)))
      (memory.size)))`,
  "far displacements": `(module
    (memory i64 3)
    (func $f (export "f") (param $p i64) (local $far i64)
      (local.set $far
        (i64.add
          (i64.sub
            (i64.add (local.get $p) (i64.shl (i64.const 1) (i64.const 52)))
            (i64.const 1))
          (i64.shl (i64.const 1) (i64.const 52))))
      (i32.store8 offset=2000 (local.get $far) (i32.const 7))
      (i32.store8 offset=3001 (local.get $far) (i32.const 7))))`,
  "what cannot be reset": `(module
    (import "env" "count" (global $count (mut i32)))
    (memory 2) (table $t 3 funcref)
    (func $f (export "f") (param $p i32)
      (loop $again
        (i32.store (local.get $p) (global.get $count))
        (br_if $again (local.tee $p (i32.sub (local.get $p) (i32.const 4)))))
      (table.set $t (i32.const 0) (ref.null func))
      (drop (memory.grow (i32.const 1)))))`,
  "many memories": `(module
    (memory $a 3) (memory $b 4) (memory $c 1) (memory $d i64 2)
    (data (memory $b) (i32.const 5) "second") (data $p "passive")
    (func $f (export "f") (param $p i32) (param $q i32)
      (i32.store $a (local.get $p) (i32.const 1))
      (i32.store $b (local.get $p) (i32.const 1))
      (i32.store $c offset=4 (local.get $q) (i32.const 1))
      (i64.store $b offset=3000 (local.get $q) (i64.const 1))
      (i32.store $d (i64.extend_i32_u (local.get $q)) (i32.const 1))
      (memory.copy $a $b (local.get $p) (local.get $q) (i32.const 100))
      (memory.copy $d $b (i64.const 0) (local.get $q) (i32.const 100))
      (memory.init $c $p (local.get $p) (i32.const 0) (i32.const 3))
      (drop (memory.grow $b (i32.const 1)))
      (drop (memory.size $b))
      (drop (memory.size $c))
      (loop)))`,
  spans: `(module
    (memory 3) (memory $n 3)
    (func (export "f") (param $x i32) (param $n i32) (param $s i32) (param $v i32)
      (loop $again
        (i32.store8 offset=5000 (local.get $x) (local.get $v))
        (br_if $again
          (i32.lt_u (local.tee $x (i32.add (local.get $x) (local.get $s))) (local.get $n)))))
    (func (export "g") (param $x i32) (param $n i32) (param $s i32) (param $v i32)
      (block $none
        (br_if $none (i32.ge_u (local.get $x) (local.get $n)))
        (loop $again
          (i64.store $n offset=8 (i32.add (local.get $x) (i32.const 4096)) (i64.const 1))
          (i32.store16 $n offset=4104 (local.get $x) (local.get $v))
          (br_if $again
            (i32.lt_u (local.tee $x (i32.add (local.get $x) (local.get $s))) (local.get $n)))))))`,
  "vectors and atomics": `(module
    (memory 3)
    (func $f (export "f") (param $p i32) (param $q i32) (param $v v128)
      (v128.store (local.get $p) (local.get $v))
      (v128.store64_lane 1 (local.get $q) (local.get $v))
      (v128.store8_lane offset=5 15 (i32.load (local.get $p)) (local.get $v))
      (i32.atomic.store (local.get $q) (i32.const 1))
      (drop (i64.atomic.rmw16.add_u (i32.load (local.get $q)) (i64.const 2)))
      (drop (i32.atomic.rmw.cmpxchg (i32.load (local.get $p)) (i32.const 3) (i32.const 4)))))`,
  "paths that meet": `(module
    (tag $e) (memory 3)
    (func $g (export "g"))
    (func $f (export "f") (param $p i32) (param $q i32) (param $r i32) (local $x i32) (local $y i32)
      (block $all
        (i32.store (local.get $p) (i32.const 1))
        (local.set $x (i32.load (local.get $p)))
        (i32.store (local.get $x) (i32.const 1))
        (br_if $all (local.get $r))
        (i32.store (local.get $q) (i32.const 2))
        (local.set $y (i32.load (local.get $q)))
        (i32.store (local.get $y) (i32.const 2)))
      (i32.store offset=4 (local.get $p) (i32.const 3))
      (i32.store offset=4 (local.get $x) (i32.const 3))
      (i32.store offset=4 (local.get $q) (i32.const 3))
      (i32.store offset=4 (local.get $y) (i32.const 3))
      (if (local.get $q) (then (i32.store (local.get $r) (i32.const 4))))
      (i32.store offset=4 (local.get $r) (i32.const 5)))
    (func $arms (export "arms") (param $p i32) (param $q i32) (param $r i32)
      (if (local.get $q)
        (then (i32.store (local.get $p) (i32.const 1)))
        (else (i32.store (local.get $q) (i32.const 1))))
      (i32.store offset=4 (local.get $p) (i32.const 2))
      (i32.store offset=4 (local.get $q) (i32.const 2))
      (if (local.get $q)
        (then (return))
        (else (i32.store (local.get $r) (i32.const 3))))
      (i32.store offset=4 (local.get $r) (i32.const 4)))
    (func $turns (export "turns") (param $p i32) (param $q i32) (local $x i32)
      (loop $again
        (block $skip
          (br_if $skip (i32.load (local.get $p)))
          (i32.store (local.get $q) (i32.const 1)))
        (i32.store offset=8 (local.get $q) (i32.const 2))
        (local.set $x (i32.load (local.get $q)))
        (i32.store (local.get $x) (i32.const 1))
        (call $g)
        (br_if $again (local.tee $p (i32.sub (local.get $p) (i32.const 4)))))
      (i32.store offset=4 (local.get $x) (i32.const 2))
      (i32.store offset=4 (local.get $p) (i32.const 2))
      (i32.store (i32.const 8196) (i32.const 2))
      (i32.store (i32.const 12000) (i32.const 2))
      (i32.store (i32.const 13308) (i32.const 2))
      (i32.store (i32.const 13309) (i32.const 2)))
    (func $caught (export "caught") (param $p i32) (param $q i32)
      (block $out
        (block $h
          (try_table (catch_all $h)
            (call $g)
            (i32.store (local.get $p) (i32.const 1)))
          (i32.store offset=4 (local.get $p) (i32.const 1))
          (br $out))
        (i32.store offset=8 (local.get $p) (i32.const 1)))
      (i32.store offset=12 (local.get $p) (i32.const 1))))`,
  "exceptions": `(module
    (tag $e (param i32)) (memory 3)
    (func $g (export "g") (param i32) (throw $e (local.get 0)))
    (func $f (export "f") (param $p i32) (local $c i32)
      (local.set $c
        (block $h (result i32)
          (try_table (catch $e $h)
            (i32.store (local.get $p) (i32.const 1))
            (call $g (local.get $p)))
          (i32.const 0)))
      (i32.store (local.get $c) (i32.const 4))
      (loop $l
        (block $b
          (try_table (catch_all $b)
            (call $g (local.get $p))
            (br $l)))
        (i32.store (local.get $p) (i32.const 4)))
      (return_call $g (local.get $c))))`,
  "objects": `(module
    (type $bytes (array (mut i8))) (type $pair (struct (field (mut i32) i64)))
    (global $none (ref null $bytes) (ref.null $bytes))
    (global $some (mut (ref null $bytes)) (array.new_default $bytes (i32.const 4)))
    (data $data "abc") (memory 3)
    (func $f (export "f") (param $n i32) (local $a (ref null $bytes))
      (local.set $a (array.new $bytes (i32.const 7) (local.get $n)))
      (global.set $some (array.new_default $bytes (local.get $n)))
      (drop (array.new_data $bytes $data (i32.const 0) (local.get $n)))
      (drop (struct.new $pair (i32.const 1) (i64.const 2)))
      (array.fill $bytes (local.get $a) (i32.const 0) (i32.const 9) (local.get $n))
      (array.copy $bytes $bytes
        (local.get $a) (i32.const 0) (local.get $a) (i32.const 1) (local.get $n))
      (i32.store (local.get $n) (i32.const 1))))`,
};
