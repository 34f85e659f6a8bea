/** What services tell as it happens, for whoever follows one: a bounded queue, in which a slow reader misses events. */

import type { FollowedService, Tail } from "@skerry/control";
import type { Cells } from "./cells.ts";
import { serviceName } from "./service_of.ts";

/** Events that wait for a reader. */
const waitingMax = 1_000;

/** Follows services through all cells. */
export class CellsTail implements Tail {
  readonly #cells: () => Pick<Cells, "tail">;

  /** @param cells asked for when somebody follows */
  constructor(cells: () => Pick<Cells, "tail">) {
    this.#cells = cells;
  }

  async *follow(service: FollowedService, signal: AbortSignal): AsyncGenerator<string> {
    const waiting: string[] = [];
    let wake = () => {};
    let missed = 0;
    let isGone = false;
    const end = this.#cells().tail({
      name: serviceName(service),
      key: service.key,
      onEvent(event) {
        if (waiting.length < waitingMax) waiting.push(JSON.stringify(event));
        else missed += 1;
        wake();
      },
      onGone() {
        isGone = true;
        wake();
      },
    });
    const onAbort = () => wake();
    signal.addEventListener("abort", onAbort);
    try {
      while (!signal.aborted && !isGone) {
        for (const line of waiting.splice(0)) yield line;
        if (missed > 0) yield JSON.stringify({ type: "missed", events: missed });
        missed = 0;
        if (waiting.length === 0 && !signal.aborted && !isGone) {
          await new Promise<void>((resolve) => wake = resolve);
        }
      }
    } finally {
      end();
      signal.removeEventListener("abort", onAbort);
    }
  }
}
