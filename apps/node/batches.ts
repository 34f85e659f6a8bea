/** All that is to be served, in the batches in which a cell that starts is told it. */

import type { Change, ServedState } from "@skerry/control";
import type { ChangeBatch } from "./messages.ts";

/** Services whose programs are ready before a cell takes requests; and how many are told at once. */
const [hotMax, batchMax] = [32, 500];

/** Tenants first, then services: those that were changed last before the others, and ready before the cell is. */
export function batchesOf(
  { tenants, services }: Pick<ServedState, "tenants" | "services">,
): Omit<ChangeBatch, "sequence">[] {
  const changes = services.toSorted((a, b) => b.revision - a.revision)
    .map((service): Change => ({ kind: "service", service }));
  const known = tenants.map((tenant): Change => ({ kind: "tenant", tenant }));
  const batches = [{ changes: [...known, ...changes.slice(0, hotMax)], isHot: true }];
  for (let at = hotMax; at < changes.length; at += batchMax) {
    batches.push({ changes: changes.slice(at, at + batchMax), isHot: false });
  }
  return batches;
}
