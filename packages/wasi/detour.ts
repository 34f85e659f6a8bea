/**
 * Tiny functions between a guest and a host function that seldom has to wait.
 *
 * A call of a `WebAssembly.Suspending` import suspends the guest's stack even where the answer is there (JSPI, §
 * "Suspending functions"), which costs more than most calls do. So the guest calls a function of ours in Wasm: it asks
 * `now`, which answers at once or says that it cannot ({@link mustWait}), and only then calls `later`, which suspends.
 */

import type { HostFunction, NumberType } from "@skerry/sandbox";

/** What `now` answers where `later` is to be called: no errno is negative. */
export const mustWait = -1;

/** A function that may wait. All of them give an i32. */
export interface Detour<State> {
  readonly name: string;
  readonly declared: HostFunction<State>;
}

/** Those functions among some that may wait. */
export function detoursOf<State>(
  functions: Readonly<Record<string, HostFunction<State>>>,
): Detour<State>[] {
  return Object.entries(functions).filter(([, { suspends }]) => suspends)
    .map(([name, declared]) => ({ name, declared }));
}

/**
 * A module that imports `now.NAME` (the detour's own type) and `later.NAME` (nothing to i32) of each detour and
 * exports `NAME`: `(if (i32.eq (call $now …) -1) (call $later) (else it))`.
 */
export function detourModule<State>(detours: readonly Detour<State>[]): WebAssembly.Module {
  const types = detours.map(({ declared: { params } }) => [
    0x60,
    ...vector(params.map((type) => [valueTypes[type]])),
    ...[0x01, valueTypes.i32],
  ]);
  const laterType = detours.length;
  const imports = detours.flatMap(({ name }, index) => [
    [...text("now"), ...text(name), 0x00, index],
    [...text("later"), ...text(name), 0x00, laterType],
  ]);
  const first = imports.length;
  const exports = detours.map(({ name }, index) => [...text(name), 0x00, first + index]);
  const bodies = detours.map(({ declared: { params } }, index) =>
    sized(bodyOf(params.length, 2 * index))
  );
  return new WebAssembly.Module(Uint8Array.of(
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [...types, [0x60, 0x00, 0x01, valueTypes.i32]]),
    ...section(2, imports),
    ...section(3, detours.map((_, index) => [index])),
    ...section(7, exports),
    ...section(10, bodies),
  ));
}

const valueTypes: Readonly<Record<NumberType, number>> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
};

function bodyOf(parameters: number, now: number): number[] {
  const answer = parameters;
  return [
    ...[0x01, 0x01, valueTypes.i32], // one local
    ...Array.from({ length: parameters }, (_, index) => [0x20, index]).flat(), // local.get
    ...[0x10, now, 0x22, answer], // call, local.tee
    ...[0x41, 0x7f, 0x46, 0x04, valueTypes.i32], // i32.const -1, i32.eq, if
    ...[0x10, now + 1, 0x05, 0x20, answer], // call, else, local.get
    ...[0x0b, 0x0b], // end, end
  ];
}

function section(id: number, entries: readonly (readonly number[])[]): number[] {
  return [id, ...sized(vector(entries))];
}

function vector(entries: readonly (readonly number[])[]): number[] {
  return [...leb128(entries.length), ...entries.flat()];
}

function text(name: string): number[] {
  return sized([...new TextEncoder().encode(name)]);
}

function sized(bytes: readonly number[]): number[] {
  return [...leb128(bytes.length), ...bytes];
}

/** An unsigned LEB128 (WebAssembly core specification §5.2.2). */
function leb128(value: number): number[] {
  return value < 0x80 ? [value] : [value & 0x7f | 0x80, ...leb128(value >>> 7)];
}
