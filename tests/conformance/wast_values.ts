/**
 * The values in a test script: what is handed to functions, and what is expected of them.
 *
 * Numbers keep their text here. What bits it means is the assembler's to say (`literals.ts`), so that no
 * second parser of floating-point numbers is needed. The two NaN patterns are not numbers: they are cut out.
 */

import { type Form, itemsOf } from "./s_expression.ts";

/** The types of values that are bits. */
export type NumericType = "i32" | "i64" | "f32" | "f64" | "v128";

/** A lane that has to be a NaN of a kind (nan:canonical or nan:arithmetic). */
export interface NanLane {
  readonly kind: "canonical" | "arithmetic";
  /** Where the lane begins, in bits from the lowest one. */
  readonly shiftBits: number;
  readonly widthBits: 32 | 64;
}

/** A number: its instruction as text, such as `f32x4` lanes in a `v128.const`, with 0 for each NaN pattern. */
export interface NumberValue {
  readonly kind: "number";
  readonly type: NumericType;
  readonly literal: string;
  readonly nans: readonly NanLane[];
}

/** What a script hands to a function. */
export type Argument =
  | NumberValue
  | { readonly kind: "null" }
  /** A value of the host's own: `(ref.extern 1)`, `(ref.host 1)`. */
  | { readonly kind: "host"; readonly number: number };

/** References that a script expects without saying which one. */
export type ReferenceKind =
  | "func"
  | "extern"
  | "any"
  | "eq"
  | "i31"
  | "struct"
  | "array"
  | "exn";

/** What a script expects of one result. */
export type Expected =
  | Argument
  | { readonly kind: "reference"; readonly of: ReferenceKind }
  | { readonly kind: "either"; readonly alternatives: readonly Expected[] };

/** A value of a script; undefined where it is written in a form that is not known here. */
export function expectedOf(text: string, list: Form): Expected | undefined {
  if (list.kind !== "list") return undefined;
  const [head, ...rest] = itemsOf(text, list);
  if (head === undefined) return undefined;
  const word = text.slice(head.start, head.end);
  if (word === "either") {
    const alternatives = rest.map((item) => expectedOf(text, item));
    return alternatives.includes(undefined)
      ? undefined
      : { kind: "either", alternatives: alternatives.filter((value) => value !== undefined) };
  }
  return leafOf(word, rest.map((item) => text.slice(item.start, item.end)));
}

/** A value that may be handed to a function. */
export function argumentOf(text: string, list: Form): Argument | undefined {
  const value = expectedOf(text, list);
  if (value?.kind === "number") return value.nans.length === 0 ? value : undefined;
  return value?.kind === "null" || value?.kind === "host" ? value : undefined;
}

const referenceKinds: readonly ReferenceKind[] = [
  ...["func", "extern", "any", "eq", "i31", "struct", "array", "exn"] as const,
];

function leafOf(word: string, operands: readonly string[]): Expected | undefined {
  if (/^(i32|i64|f32|f64|v128)\.const$/.test(word)) return numberOf(word, operands);
  if (word === "ref.null") return { kind: "null" };
  if (!word.startsWith("ref.")) return undefined;
  const [number] = operands;
  const name = word.slice("ref.".length);
  if ((name === "extern" || name === "host") && number !== undefined) {
    return { kind: "host", number: Number(number) };
  }
  const of = referenceKinds.find((kind) => kind === name);
  return of === undefined ? undefined : { kind: "reference", of };
}

const numericTypes: readonly NumericType[] = ["i32", "i64", "f32", "f64", "v128"];

function numberOf(word: string, operands: readonly string[]): Expected | undefined {
  const type = numericTypes.find((name) => word.startsWith(name));
  if (type === undefined || operands.length === 0) return undefined;
  const nans: NanLane[] = [];
  const shape = type === "v128" ? operands[0] ?? "" : type;
  const firstLane = type === "v128" ? 1 : 0;
  const widthBits = shape.startsWith("f64") ? 64 : 32;
  const words = operands.map((operand, index) => {
    const kind = nanKinds.get(operand);
    if (kind === undefined) return operand;
    nans.push({ kind, shiftBits: (index - firstLane) * widthBits, widthBits });
    return "0";
  });
  return { kind: "number", type, literal: `${word} ${words.join(" ")}`, nans };
}

const nanKinds = new Map<string, NanLane["kind"]>([
  ["nan:canonical", "canonical"],
  ["nan:arithmetic", "arithmetic"],
]);
