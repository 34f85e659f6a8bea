/**
 * The operand stack of symbolic values. A value is a base and a displacement from it; the base says where
 * the value came from, two values with one base differ by their displacements at run time too.
 *
 * Code that cannot be reached may take more than there is: what is taken then has no known base.
 */

import { packedEffects } from "./stack_effects.ts";
import { grownFloat64, grownInt32 } from "./typed_lists.ts";

/** A value that nothing else is known to be equal to: it needs no number until a local holds it. */
export const unknownBase = 0;
/** The base of constants: their displacement is all there is to them. */
export const constantBase = 1;
/** The first base that is free. */
export const firstBase = 2;

/** Symbolic values; the top is at `height - 1`. */
export class OperandStack {
  bases = new Int32Array(1024);
  displacements = new Float64Array(1024);
  height = 0;
  /** Where the block at hand begins: what lies below is not its own. */
  floor = 0;

  /** Forgets everything. */
  clear(): void {
    this.height = this.floor = 0;
  }

  push(base: number, displacement: number): void {
    if (this.height === this.bases.length) this.#reserve(1);
    this.bases[this.height] = base;
    this.displacements[this.height] = displacement;
    this.height += 1;
  }

  pop(count: number): void {
    const height = this.height - count;
    this.height = height < this.floor ? this.floor : height;
  }

  /** Takes and gives what an instruction of this slot does, if that is fixed. */
  applyPacked(slot: number): void {
    const effect = packedEffects[slot] ?? 0;
    const height = this.height - (effect & 15);
    this.height = height < this.floor ? this.floor : height;
    if (effect > 15) this.pushUnknown(1);
  }

  /** Pushes values of which nothing is known. */
  pushUnknown(count: number): void {
    if (this.height + count > this.bases.length) this.#reserve(count);
    if (count === 1) this.bases[this.height] = unknownBase;
    else this.bases.fill(unknownBase, this.height, this.height + count);
    this.height += count;
  }

  /** The base of the operand `depth` below the top. */
  base(depth: number): number {
    const at = this.height - 1 - depth;
    return at < this.floor ? unknownBase : this.bases[at] ?? unknownBase;
  }

  /** The displacement of the operand `depth` below the top; without meaning where the base is unknown. */
  displacement(depth: number): number {
    return this.displacements[this.height - 1 - depth] ?? 0;
  }

  /** Says what the top is. */
  setTop(base: number, displacement: number): void {
    const at = this.height - 1;
    if (at < this.floor) return;
    this.bases[at] = base;
    this.displacements[at] = displacement;
  }

  #reserve(count: number): void {
    this.bases = grownInt32(this.bases, this.height + count);
    this.displacements = grownFloat64(this.displacements, this.height + count);
  }
}
