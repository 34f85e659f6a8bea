/** What happens at a counter, as data: so that orders of events can be generated, and said again. */

import { ok } from "node:assert/strict";
import type { Field } from "@skerry/http";
import { type Client, Counter } from "./counter.ts";
import { settled } from "./hand_clock.ts";

/** Numbers choose among what there is at that moment. */
export type Happening =
  | { readonly kind: "ask"; readonly path: string; readonly foo: string }
  | {
    readonly kind: "head";
    readonly which: number;
    readonly how: "kept" | "stale soon" | "private" | "whole" | "error" | "fail";
  }
  | { readonly kind: "send" | "end" | "cut" | "read" | "leave"; readonly which: number }
  | { readonly kind: "purge"; readonly path: string }
  | { readonly kind: "pass"; readonly ms: number };

interface Asked {
  readonly client: Client;
  readonly path: string;
  readonly at: number;
}

/** Runs happenings, and fails where something is served that must not be. */
export class CounterRun {
  readonly #counter = new Counter({
    flightLimits: { slowMs: 2_000, handoversMax: 2, waitingMax: 5 },
    settings: { disconnectedMs: 0 },
  });
  readonly #asked: Asked[] = [];
  /** When each fetch was made, and all that it sent: bodies begin with its number. */
  readonly #began: number[] = [];
  readonly #sent: string[] = [];
  readonly #isCut: boolean[] = [];
  readonly #purges: { readonly path: string; readonly at: number }[] = [];
  #step = 0;
  tally: Record<string, number> = {};

  async happen(happening: Happening): Promise<void> {
    this.#step += 1;
    await this.#do(happening);
    await settled();
    while (this.#began.length < this.#counter.fetches.length) this.#began.push(this.#step);
    for (const asked of this.#asked) this.#check(asked);
  }

  /** Lets all come to its end: then everybody has had an answer, and nothing is left. */
  async finish(): Promise<void> {
    for (let round = 0; round < 20; round += 1) {
      for (const which of this.#counter.fetches.keys()) {
        await this.happen({ kind: "head", which, how: "kept" });
        await this.happen({ kind: "end", which });
      }
      for (const { client } of this.#asked) await Promise.race([client.readAll(), settled()]);
      await this.happen({ kind: "pass", ms: 1_000 });
    }
    for (const { client } of this.#asked) {
      ok(client.answered !== undefined, "everybody is answered");
      ok(client.isGone || client.end !== undefined, "and has all of it, or knows that it has not");
      const { result } = client.answered;
      this.tally[result] = (this.tally[result] ?? 0) + 1;
    }
    ok(this.#counter.clock.sleepers === 0, `${this.#counter.clock.sleepers} timers are left`);
  }

  async #do(happening: Happening): Promise<void> {
    const counter = this.#counter;
    switch (happening.kind) {
      case "ask": {
        const { path, foo } = happening;
        const at = this.#step;
        const client = await counter.ask(path, [["foo", foo]]);
        this.#asked.push({ client, path, at });
        return;
      }
      case "head":
        return this.#head(happening.which, happening.how);
      case "send":
        return this.#say(happening.which, "+");
      case "end":
        return counter.fetches[happening.which % Math.max(1, counter.fetches.length)]?.end();
      case "cut": {
        const which = happening.which % Math.max(1, counter.fetches.length);
        if (counter.fetches[which]?.state === "sending") this.#isCut[which] = true;
        return counter.fetches[which]?.cut();
      }
      case "read": {
        const reading = this.#client(happening.which)?.read();
        await Promise.race([reading, settled()]);
        return;
      }
      case "leave":
        return this.#client(happening.which)?.leave();
      case "purge":
        counter.purge(happening.path);
        this.#purges.push({ path: happening.path, at: this.#step });
        return;
      case "pass":
        return counter.clock.pass(happening.ms);
    }
  }

  #head(chosen: number, how: Extract<Happening, { kind: "head" }>["how"]): void {
    const which = chosen % Math.max(1, this.#counter.fetches.length);
    const fetch = this.#counter.fetches[which];
    if (fetch?.state !== "asked") return;
    const control = { private: "private", "stale soon": "max-age=1, stale-while-revalidate=30" };
    const fields: Field[] = [["vary", "foo"], [
      "cache-control",
      how in control ? control[how as keyof typeof control] : "max-age=30",
    ]];
    if (how === "fail") return fetch.fail();
    if (how === "error") return fetch.head({ status: 500 }, `${which}!`);
    this.#sent[which] = `${which}:`;
    if (how === "whole" || how === "stale soon") return fetch.head({ fields }, `${which}:`);
    fetch.head({ fields });
    fetch.send(`${which}:`);
  }

  #say(chosen: number, text: string): void {
    const which = chosen % Math.max(1, this.#counter.fetches.length);
    const fetch = this.#counter.fetches[which];
    if (fetch?.state !== "sending") return;
    fetch.send(text);
    this.#sent[which] += text;
  }

  #client(which: number): Client | undefined {
    return this.#asked[which % Math.max(1, this.#asked.length)]?.client;
  }

  /** All that a client has is of one fetch, from its beginning, and that began after each purge that they came after. */
  #check({ client, path, at }: Asked): void {
    const [, number] = /^(\d+):/.exec(client.text) ?? [];
    if (number === undefined) return;
    const which = Number(number);
    const fetch = this.#counter.fetches[which];
    const [began, sent] = [this.#began[which] ?? this.#step, this.#sent[which] ?? ""];
    ok(fetch?.request.target === path, `${path} got what ${fetch?.request.target} is`);
    ok(sent.startsWith(client.text), `${client.text} is not of ${sent}`);
    if (client.end === "whole" && !client.isGone) {
      ok(client.text === sent, `${client.text} is said to be all of ${sent}`);
      ok(this.#isCut[which] !== true, "what was cut off is said to be whole");
    }
    const between = this.#purges.find((purge) =>
      purge.path === path && purge.at > began && purge.at < at
    );
    ok(between === undefined, `who came at ${at} got what was asked for at ${began}`);
  }
}
