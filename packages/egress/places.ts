/** A place at a backend and one of its tenant's, which a request takes both or none of. */

import type { Clock } from "@skerry/base";
import { anySignal } from "./any_signal.ts";
import type { NetworkFailure } from "./failure.ts";
import type { Gate } from "./gate.ts";

/** Places of one backend. */
export class Places {
  readonly #tenantGate: Gate;
  readonly #gate: Gate;
  readonly #clock: Clock;
  readonly #waitMsMax: number;

  /** @param waitMsMax how long a request may stand in the backend's line */
  constructor(tenantGate: Gate, gate: Gate, clock: Clock, waitMsMax: number) {
    this.#tenantGate = tenantGate;
    this.#gate = gate;
    this.#clock = clock;
    this.#waitMsMax = waitMsMax;
  }

  get load(): Gate["load"] {
    return this.#gate.load;
  }

  /** Takes both, or says why there is none. Whoever has them must {@link leave} once. */
  async enter(signal: AbortSignal): Promise<NetworkFailure | undefined> {
    // A tenant that has them all is told so at once: its requests would wait for one another.
    const tenants = this.#tenantGate.enter(signal);
    if (tenants === "given up") return cancelled;
    if (tenants !== "admitted") {
      return { kind: "too many", detail: "all of the tenant's requests are under way" };
    }
    const admission = await this.#enterBackend(signal);
    if (admission === "admitted") return undefined;
    this.#tenantGate.leave();
    if (admission === "full") return { kind: "too many", detail: "its queue is full" };
    return signal.aborted ? cancelled : { kind: "queue timeout", detail: "no place in time" };
  }

  leave(): void {
    this.#gate.leave();
    this.#tenantGate.leave();
  }

  async #enterBackend(signal: AbortSignal) {
    if (this.#gate.hasRoom) return this.#gate.enter(signal);
    const late = new AbortController();
    const waiting = anySignal(signal, late.signal);
    const entry = this.#gate.enter(waiting.signal);
    if (entry instanceof Promise) {
      const timer = new AbortController();
      void this.#clock.sleep(this.#waitMsMax, timer.signal).then(() => late.abort());
      void entry.then(() => timer.abort());
    }
    const admission = await entry;
    waiting.release();
    return admission;
  }
}

const cancelled: NetworkFailure = { kind: "cancelled", detail: "nobody waits for it any more" };
