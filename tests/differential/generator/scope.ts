/** Where the generator stands within a function: its locals, the labels around it, how much is left to write. */

import type { Random } from "../random.ts";
import { Code } from "./code.ts";
import type { Kind } from "./kinds.ts";
import { firstSignature, type Signature } from "./signatures.ts";
import type { World } from "./world.ts";

/** A block that code can branch out of, or a loop that it can branch to. */
export interface Label {
  /** What a branch to it takes. */
  readonly operands: readonly Kind[];
  /** A counted loop's label is its own, so that it ends. */
  readonly open: boolean;
  /** A legacy handler, whose exception can be thrown again. */
  readonly caught: boolean;
}

/** What writes code of any sort: given to the scope, for each sort may contain every other. */
export interface Writers {
  readonly expression: (scope: Scope, kind: Kind, depth: number) => void;
  readonly statements: (scope: Scope, most: number) => void;
}

/** Statements of one function, nested ones too. */
const statementsMax = 40;

/** The state of writing one function. */
export class Scope {
  readonly world: World;
  readonly random: Random;
  readonly code = new Code(512);
  readonly signature: Signature;
  readonly locals: Kind[];
  /** Locals with addresses that lie near the memory; never loop counters. */
  readonly pointers: Record<"i32" | "i64", number[]> = { i32: [], i64: [] };
  /** Innermost last. */
  readonly labels: Label[];
  statementsLeft: number;
  /** How deep statements are nested. */
  depth = 0;
  readonly #writers: Writers;
  readonly #free = new Map<Kind, number[]>();

  constructor(world: World, signature: Signature, writers: Writers) {
    this.world = world;
    this.#writers = writers;
    this.random = world.random;
    this.signature = signature;
    this.locals = [...signature.params];
    this.labels = [{ operands: signature.results, open: true, caught: false }];
    this.statementsLeft = this.random.between(5, statementsMax);
  }

  /** Writes an expression of a type; `depth` says how deep it is nested in others. */
  expression(kind: Kind, depth = 0): void {
    this.#writers.expression(this, kind, depth);
  }

  /** Writes at most so many statements, which leave nothing. */
  statements(most: number): void {
    this.#writers.statements(this, most);
  }

  /** A new local, which nothing else writes. */
  newLocal(kind: Kind): number {
    this.locals.push(kind);
    return this.locals.length - 1;
  }

  /** Some local of a kind that anything may write. */
  anyLocal(kind: Kind): number {
    const found = this.#free.get(kind) ?? [];
    const params = this.signature.params.flatMap((each, index) => each === kind ? [index] : []);
    const all = [...found, ...params];
    if (all.length > 0 && (all.length > 2 || this.random.chance(0.8))) return this.random.pick(all);
    const local = this.newLocal(kind);
    this.#free.set(kind, [...found, local]);
    return local;
  }

  /** Some pointer of an address type. */
  pointer(address: "i32" | "i64"): number {
    const list = this.pointers[address];
    // One that is new holds 0.
    if (list.length === 0 || this.random.chance(0.02)) list.push(this.newLocal(address));
    return this.random.pick(list);
  }

  /** How a branch names the label at this place. */
  labelIndex(label: number): number {
    return this.labels.length - 1 - label;
  }

  /** Labels that a branch with these operands may name. */
  targets(operands: readonly Kind[]): number[] {
    return this.labels.flatMap((label, index) =>
      label.open && same(label.operands, operands) ? [index] : []
    );
  }

  /** Writes what lies within a label. */
  within(label: Label, write: () => void): void {
    this.labels.push(label);
    this.depth += 1;
    write();
    this.depth -= 1;
    this.labels.pop();
  }

  /** Functions with these results, by their index. */
  functionsWith(results: readonly Kind[]): number[] {
    return this.world.functions.flatMap((signature, index) =>
      same(this.world.signatures[signature]?.results ?? [], results) ? [index] : []
    );
  }

  /** The type of a function. */
  typeOfFunction(index: number): { readonly type: number; readonly params: readonly Kind[] } {
    const signature = this.world.functions[index] ?? 0;
    return {
      type: firstSignature + signature,
      params: this.world.signatures[signature]?.params ?? [],
    };
  }
}

/** Whether two lists of types are the same. */
export function same(left: readonly Kind[], right: readonly Kind[]): boolean {
  return left.length === right.length && left.every((kind, index) => kind === right[index]);
}
