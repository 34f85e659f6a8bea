/** Programs that are no two alike: each says what it is told to, and carries 100 KB of functions and data that it never asks for. */

import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";

/** What stands in a template where each module has its number. */
const mark = "@number@";

/** What each module is padded with. */
const functionCount = 570;
const dataBytes = 24 * 1024;

/** Makes modules that differ in a number alone, of which nothing in the engine can be shared. */
export class Modules {
  readonly #template: Uint8Array<ArrayBuffer>;
  readonly #marks: readonly number[];

  private constructor(template: Uint8Array<ArrayBuffer>) {
    this.#template = template;
    this.#marks = [...occurrences(template, new TextEncoder().encode(mark))];
  }

  /** @param answer what they say; `@number@` in it is a module's own, in eight digits */
  static async saying(answer: string): Promise<Modules> {
    return new Modules(new Uint8Array(await parse(text(answer))));
  }

  module(number: number): Uint8Array<ArrayBuffer> {
    const module = this.#template.slice();
    for (const at of this.#marks) module.set(numberBytes(number), at);
    return module;
  }
}

/** A number as modules say it. */
export function numberText(number: number): string {
  return String(number).padStart(mark.length, "0");
}

function numberBytes(number: number): Uint8Array {
  return new TextEncoder().encode(numberText(number));
}

function* occurrences(bytes: Uint8Array, wanted: Uint8Array): Iterable<number> {
  for (let at = 0; at + wanted.length <= bytes.length; at++) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) yield at;
  }
}

function text(answer: string): string {
  const response = `Content-Type: text/plain\n\n${answer}`;
  const quoted = response.replaceAll("\n", "\\n");
  const functions = Array.from({ length: functionCount }, (_, index) => functionText(index));
  return `(module
    (import "wasi_snapshot_preview1" "fd_write"
      (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "\\10\\00\\00\\00\\${byteText(response.length)}\\00\\00\\00")
    (data (i32.const 16) "${quoted}")
    (data (i32.const 4096) "${mark}${dataText()}")
    (func (export "_start")
      (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
    ${functions.join("\n")}
  )`;
}

/** A function like none before it: a few steps of arithmetic, loads and a branch. */
function functionText(index: number): string {
  const chance = chanceFrom(index + 1);
  const steps = Array.from({ length: 5 }, () =>
    `(local.set 0 (i32.xor
      (i32.mul (local.get 0) (i32.const ${chance()}))
      (i32.load offset=${chance() % 4096} (i32.and (local.get 1) (i32.const 32767)))))`);
  return `(func (param i32 i32) (result i32)
    ${steps.join("\n")}
    (if (result i32) (i32.lt_u (local.get 0) (i32.const ${chance()}))
      (then (i32.add (local.get 0) (local.get 1)))
      (else (local.get 1))))`;
}

function dataText(): string {
  const chance = chanceFrom(0);
  const byte = () => `\\${byteText(chance() % 256)}`;
  return Array.from({ length: dataBytes }, byte).join("");
}

function byteText(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

/** A linear congruential generator (Knuth, TAOCP 2, 3.2.1), without its low bits. */
function chanceFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 8;
  };
}
