/** The guests of these examples, assembled from the text above each. Any compiler's module does as well. */

/**
 * ```wat
 * (module (import "host" "say" (func $say (param i32 i32))) (memory (export "memory") 1)
 *   (data (i32.const 8) "hello")
 *   (func (export "greet") (param i32) (result i32)
 *     (call $say (i32.const 8) (i32.const 5))
 *     (i32.mul (local.get 0) (i32.const 2))))
 * ```
 */
export const greeter: Uint8Array<ArrayBuffer> = fromHex(
  "0061736d01000000010b0260027f7f0060017f017f020c0104686f7374037361790000030201010503010001071202066d" +
    "656d6f7279020005677265657400010a0f010d00410841051000200041026c0b0b0b010041080b0568656c6c6f",
);

/** `(module (func (export "spin") (loop (br 0))))` */
export const spinner: Uint8Array<ArrayBuffer> = fromHex(
  "0061736d0100000001040160000003020100070801047370696e00000a0901070003400c000b0b",
);

/**
 * ```wat
 * (module (import "host" "price" (func $price (param i32) (result f64)))
 *   (func (export "total") (result f64)
 *     (f64.add (call $price (i32.const 1)) (call $price (i32.const 2)))))
 * ```
 */
export const asker: Uint8Array<ArrayBuffer> = fromHex(
  "0061736d01000000010a0260017f017c6000017c020e0104686f737405707269636500000302010107090105746f74616c" +
    "00010a0d010b004101100041021000a00b",
);

/**
 * ```wat
 * (module (global $count (mut i32) (i32.const 0))
 *   (func (export "next") (result i32)
 *     (global.set $count (i32.add (global.get $count) (i32.const 1))) (global.get $count)))
 * ```
 */
export const counter: Uint8Array<ArrayBuffer> = fromHex(
  "0061736d010000000105016000017f030201000606017f0141000b070801046e65787400000a0d010b00230041016a2400" +
    "23000b",
);

/**
 * ```wat
 * (module
 *    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
 *    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
 *    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
 *    (memory (export "memory") 1)
 *    (data (i32.const 0) "\10\00\00\00\06\00\00\00\16\00\00\00\20\00\00\00hello ")
 *    (func (export "_start")
 *      (drop (call $read (i32.const 0) (i32.const 8) (i32.const 1) (i32.const 64)))
 *      (i32.store (i32.const 12) (i32.load (i32.const 64)))
 *      (drop (call $write (i32.const 1) (i32.const 0) (i32.const 2) (i32.const 64)))
 *      (call $exit (i32.const 3))))
 * ```
 */
export const wasiGreeter: Uint8Array<ArrayBuffer> = fromHex(
  "0061736d0100000001100360047f7f7f7f017f60017f0060000002670316776173695f736e617073686f745f70726576" +
    "696577310766645f72656164000016776173695f736e617073686f745f70726576696577310866645f77726974650000" +
    "16776173695f736e617073686f745f70726576696577310970726f635f65786974000103020102050301000107130206" +
    "6d656d6f72790200065f737461727400030a2b01290041004108410141c00010001a410c41c000280200360200410141" +
    "00410241c00010011a410310020b0b1c010041000b161000000006000000160000002000000068656c6c6f20",
);

function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
