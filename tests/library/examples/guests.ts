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

function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
