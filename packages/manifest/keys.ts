/** Keys that cannot be taken as they are, found before anything is made of them. */

import type { Diagnostic } from "@skerry/base";
import { type AST, traverseNodes } from "toml-eslint-parser";
import { location } from "./positions.ts";

/** Parts of a key, or values within each other. A manifest needs three. */
const depthMax = 32;

/** Names that JavaScript gives a meaning of its own: the schema library passes over such keys in silence. */
const refusedNames: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** What is nested too deeply, and keys with names that would be lost. */
export function keyProblems(program: AST.TOMLProgram): Diagnostic[] {
  const problems: Diagnostic[] = [];
  let depth = 0;
  traverseNodes(program, {
    enterNode(node) {
      depth += isNest(node) ? 1 : 0;
      // One deeper than that is told already, by what is around it.
      const isDeep = isNest(node) && depth === depthMax;
      if (isDeep || node.type === "TOMLKey" && node.keys.length > depthMax) {
        const message = `tables and lists may be nested at most ${depthMax} deep`;
        problems.push({ message, at: location(node) });
      }
      const name = nameOf(node);
      if (name !== undefined && refusedNames.has(name)) {
        problems.push({ message: `no key may be named "${name}"`, at: location(node) });
      }
    },
    leaveNode(node) {
      depth -= isNest(node) ? 1 : 0;
    },
  });
  return problems;
}

function isNest(node: AST.TOMLNode): boolean {
  return node.type === "TOMLArray" || node.type === "TOMLInlineTable";
}

/** The name of a key's part. */
function nameOf(node: AST.TOMLNode): string | undefined {
  switch (node.type) {
    case "TOMLBare":
      return node.name;
    case "TOMLQuoted":
      return node.value;
    default:
      return undefined;
  }
}
