/**
 * From schemas of the library to JSON Schema (2020-12), for what this API uses of it. What is met and not known is our
 * mistake: the document would tell less than is checked.
 */

import { bug } from "@skerry/base";
import type { Schema } from "./operation.ts";

/** A JSON Schema. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What is looked at of a schema or of a step of its pipe. */
interface Node {
  readonly kind: string;
  readonly type: string;
  readonly requirement?: unknown;
  readonly pipe?: readonly Node[];
  readonly entries?: Readonly<Record<string, Node>>;
  readonly wrapped?: Node;
  readonly default?: unknown;
  readonly item?: Node;
  readonly key?: Node;
  readonly value?: Node;
  readonly literal?: unknown;
  readonly options?: readonly unknown[];
}

/** What a schema takes, as JSON Schema. */
export function jsonSchemaOf(schema: Schema): JsonSchema {
  return convert(schema as unknown as Node);
}

function convert(node: Node): JsonSchema {
  if (node.pipe === undefined) return base(node);
  const [first = bug("a pipe is empty"), ...steps] = node.pipe;
  return steps.reduce((found, step) => ({ ...found, ...constraint(step, found) }), convert(first));
}

function base(node: Node): JsonSchema {
  switch (node.type) {
    case "string":
    case "number":
    case "boolean":
      return { type: node.type };
    case "unknown":
      return {};
    case "literal":
      return { const: node.literal };
    case "picklist":
      return { enum: node.options };
    case "array":
      return { type: "array", items: convert(inner(node.item)) };
    case "record":
      return {
        type: "object",
        propertyNames: convert(inner(node.key)),
        additionalProperties: convert(inner(node.value)),
      };
    case "union":
      return { anyOf: (node.options ?? []).map((option) => convert(option as Node)) };
    case "optional":
    case "exact_optional":
      return node.default === undefined
        ? convert(inner(node.wrapped))
        : { ...convert(inner(node.wrapped)), default: node.default };
    case "strict_object":
      return objectOf(node.entries ?? {});
    default:
      return bug(`no JSON Schema is known for ${node.type}`);
  }
}

function objectOf(entries: Readonly<Record<string, Node>>): JsonSchema {
  const optional = ["optional", "exact_optional"];
  const required = Object.keys(entries).filter((key) =>
    !optional.includes(entries[key]?.type ?? "")
  );
  return {
    type: "object",
    properties: Object.fromEntries(
      Object.entries(entries).map(([key, entry]) => [key, convert(entry)]),
    ),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

function constraint({ type, requirement }: Node, { type: of }: JsonSchema): JsonSchema {
  switch (type) {
    case "regex":
      // JSON Schema has no flags.
      return requirement instanceof RegExp && requirement.flags === ""
        ? { pattern: requirement.source }
        : bug("a pattern cannot be told");
    case "integer":
      return { type: "integer" };
    case "min_value":
      return { minimum: requirement };
    case "max_value":
      return { maximum: requirement };
    case "gt_value":
      return { exclusiveMinimum: requirement };
    case "min_length":
      return of === "array" ? { minItems: requirement } : { minLength: requirement };
    case "max_length":
      return of === "array" ? { maxItems: requirement } : { maxLength: requirement };
    case "max_entries":
      return { maxProperties: requirement };
    case "max_bytes":
      // JSON Schema counts characters: a text of no more bytes has no more of them.
      return { maxLength: requirement };
    default:
      return bug(`no JSON Schema is known for the constraint ${type}`);
  }
}

function inner(node: Node | undefined): Node {
  return node ?? bug("a schema lacks its inner one");
}
