/**
 * Writes the folded `try` of the legacy exception handling proposal as plain instructions, which assemblers
 * still take: `(try (do …) (catch $e …))` becomes `try … catch $e … end`.
 *
 * Plain instructions may not stand where a folded instruction has its operands, so what is around such a
 * `try` is unfolded too (text format, 6.5.12 Folded Instructions).
 */

import { type Form, itemsOf, splitForms } from "./s_expression.ts";
import { headOf } from "./wast_script.ts";

/** Whether a text has a folded `try`; one in a comment or a string does no harm. */
export function hasFoldedTry(text: string): boolean {
  return /\(\s*try[\s()]/.test(text);
}

/** The text without folded `try`. */
export function unfoldTry(text: string): string {
  return splitForms(text).map((form) => rewrite(text, form).text).join(" ");
}

/** A form's new text, and whether it is folded still. */
interface Rewritten {
  readonly text: string;
  readonly shape: "folded" | "plain";
}

/** Lists that hold instructions one after the other, or nothing of the kind. */
const sequences = new Set([
  ...["module", "func", "global", "elem", "data", "table", "offset", "item", "type", "rec", "sub"],
  ...["block", "loop", "then", "else", "do", "catch", "catch_all", "try_table", "import", "export"],
]);

/** Lists that belong to an instruction and are no operands of it. */
const annotations = new Set(["type", "param", "result", "ref", "local", "then", "else"]);

function rewrite(text: string, form: Form): Rewritten {
  if (form.kind !== "list") return { text: text.slice(form.start, form.end), shape: "folded" };
  const head = headOf(text, form);
  if (head === "try") return { text: plainTry(text, form), shape: "plain" };
  const items = itemsOf(text, form);
  const rewritten = items.map((item) => rewrite(text, item));
  if (sequences.has(head) || rewritten.every(({ shape }) => shape === "folded")) {
    return { text: `(${joined(rewritten)})`, shape: "folded" };
  }
  const isOperand = items.map((item) =>
    item.kind === "list" && !annotations.has(headOf(text, item))
  );
  const operands = rewritten.filter((_, index) => isOperand[index]);
  const instruction = head === "if"
    ? plainIf(text, items)
    : joined(rewritten.filter((_, index) => !isOperand[index]));
  return { text: `${joined(operands)} ${instruction}`, shape: "plain" };
}

/** `try label? type* … catch x … end`, or `… delegate label` in the place of `end`. */
function plainTry(text: string, form: Form): string {
  let end = "end";
  const parts = itemsOf(text, form).map((item) => {
    switch (headOf(text, item)) {
      case "do":
        return contentsOf(text, item, 1);
      case "catch":
        return `catch ${operandOf(text, item)} ${contentsOf(text, item, 2)}`;
      case "catch_all":
        return `catch_all ${contentsOf(text, item, 1)}`;
      case "delegate":
        end = `delegate ${operandOf(text, item)}`;
        return "";
      default:
        return text.slice(item.start, item.end);
    }
  });
  return [...parts, end].join(" ");
}

/** `if label? type* … else … end`, without the condition. */
function plainIf(text: string, items: readonly Form[]): string {
  const parts = items.flatMap((item) => {
    const head = headOf(text, item);
    if (head === "then") return [contentsOf(text, item, 1)];
    if (head === "else") return ["else", contentsOf(text, item, 1)];
    const kept = item.kind !== "list" || annotations.has(head);
    return kept ? [text.slice(item.start, item.end)] : [];
  });
  return [...parts, "end"].join(" ");
}

/** What is in a list from its item of an index. */
function contentsOf(text: string, list: Form, from: number): string {
  return joined(itemsOf(text, list).slice(from).map((item) => rewrite(text, item)));
}

function operandOf(text: string, list: Form): string {
  const operand = itemsOf(text, list)[1];
  return operand === undefined ? "" : text.slice(operand.start, operand.end);
}

function joined(parts: readonly Rewritten[]): string {
  return parts.map((part) => part.text).join(" ");
}
