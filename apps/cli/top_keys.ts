/** What keys do in `skerry top`. */

import type { TopOrder } from "@skerry/telemetry";

/** What a key asks for. */
export type TopAction = { readonly kind: "quit" } | {
  readonly kind: "order";
  readonly order: TopOrder;
};

/** The line that says which keys there are. */
export const topKeysHelp = "q quit   sort by: r rate  e errors  c cpu  p p99  m memory  n name";

/** Orders by their keys. */
const orders: Readonly<Record<string, TopOrder>> = {
  r: "rate",
  e: "errors",
  c: "cpu",
  p: "p99",
  m: "memory",
  n: "name",
};

/** What is asked for by what a terminal sent at once; a key that sends an escape sequence asks for nothing. */
export function topActions(bytes: Uint8Array): TopAction[] {
  const text = new TextDecoder().decode(bytes);
  if (text.startsWith("\x1b")) return [];
  return [...text.toLowerCase()].flatMap((key): TopAction[] => {
    if (key === "q" || key === "\x03" || key === "\x04") return [{ kind: "quit" }];
    const order = orders[key];
    return order === undefined ? [] : [{ kind: "order", order }];
  });
}
