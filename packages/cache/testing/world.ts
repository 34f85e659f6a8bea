/** A random origin, its clients and its operator, around a simulated cache; each answer goes to the model. */

import { ok } from "node:assert/strict";
import { type Field, fieldValue, formatHttpDate } from "@skerry/http";
import type { Outbound } from "../exchange.ts";
import type { CacheRequest } from "../request.ts";
import type { SetStore } from "../set_store.ts";
import { type Policy, ReferenceModel, type Way, type Wish } from "./reference_model.ts";
import { type ClientAnswer, type OriginAnswer, owner, Simulation } from "./simulation.ts";

/** What happens. Numbers choose among what there is at that moment. */
export type Happening =
  | { readonly kind: "ask"; readonly wish: Wish; readonly method: "GET" | "HEAD" | "POST" }
  | { readonly kind: "reach"; readonly which: number; readonly how: "answer" | "error" | "down" }
  | { readonly kind: "deliver"; readonly which: number }
  | { readonly kind: "pass"; readonly seconds: number }
  | { readonly kind: "change"; readonly path: string; readonly policy: Policy }
  | {
    readonly kind: "purge";
    readonly path: string | undefined;
    readonly by: "url" | "key" | "host";
    readonly mode: "hard" | "soft";
  };

interface Pending {
  readonly outbound: Outbound;
  readonly wish: Wish;
  readonly askedAt: number;
  answer?: OriginAnswer;
}

/** Those in which nothing was found wrong, by how they were answered. */
export type Tally = Record<"hit" | "stale" | "validated" | "instead" | "passed", number>;

const disconnectedSeconds = 8;

/** See the head of this file. */
export class World {
  readonly #simulation: Simulation;
  readonly #model = new ReferenceModel(disconnectedSeconds);
  readonly #resources = new Map<string, { version: number; policy: Policy }>();
  readonly #pending: Pending[] = [];
  readonly #tally: Tally;
  #step = 0;
  #serial = 0;

  constructor(store: SetStore, recordsMax: number, tally: Tally) {
    this.#tally = tally;
    const settings = { disconnectedMs: disconnectedSeconds * 1000 };
    this.#simulation = new Simulation({ origin: () => "down", store, recordsMax, settings });
  }

  /** Has something happen, and asserts that the model permits it. */
  happen(happening: Happening): void {
    this.#step += 1;
    switch (happening.kind) {
      case "ask":
        return this.#ask(happening.wish, happening.method);
      case "reach": {
        const open = this.#pending.filter(({ answer }) => answer === undefined);
        const pending = open[happening.which % Math.max(1, open.length)];
        if (pending !== undefined) pending.answer = this.#say(pending, happening.how);
        return;
      }
      case "deliver": {
        const open = this.#pending.filter(({ answer }) => answer !== undefined);
        const pending = open[happening.which % Math.max(1, open.length)];
        if (pending !== undefined) this.#deliver(pending);
        return;
      }
      case "pass":
        this.#simulation.nowMs += happening.seconds * 1000;
        return;
      case "change": {
        const version = (this.#resources.get(happening.path)?.version ?? 0) + 1;
        this.#resources.set(happening.path, { version, policy: happening.policy });
        return;
      }
      case "purge":
        return this.#purge(happening);
    }
  }

  #ask(wish: Wish, method: "GET" | "HEAD" | "POST"): void {
    const action = this.#simulation.ask(requestOf(wish, method));
    if (action.kind === "refuse") return;
    if (action.kind === "forward") {
      this.#pending.push({ outbound: action.outbound, wish, askedAt: this.#step });
      return;
    }
    this.#judge(
      action.reply.fields,
      wish,
      "alone",
      action.background === undefined ? "hit" : "stale",
    );
    if (action.background !== undefined) {
      this.#pending.push({ outbound: action.background, wish, askedAt: this.#step });
    }
  }

  /** The origin's answer, as of now. */
  #say({ outbound, wish, askedAt }: Pending, how: "answer" | "error" | "down"): OriginAnswer {
    if (how === "down") return "down";
    const { version, policy } = this.#resources.get(wish.path) ?? { version: 0, policy: silent };
    const etag = `"${wish.path}-${version}-${policy.variesByFoo ? wish.foo : ""}"`;
    const saidSecond = this.#second();
    const { aged, agedBy } = policy;
    const madeMs = this.#simulation.nowMs - (agedBy === "date" ? aged * 1000 : 0);
    const common: Field[] = [
      ["date", formatHttpDate(madeMs)],
      ...(agedBy === "age" ? [["age", String(aged)] as const] : []),
      ["cache-control", controlOf(policy)],
      ["etag", etag],
      ["surrogate-key", `key${wish.path}`],
      ...(policy.variesByFoo ? [["vary", "foo"] as const] : []),
    ];
    if (how === "error") return { status: 503, fields: [], body: "error" };
    const asked = fieldValue(outbound.fields, "if-none-match");
    if (outbound.method !== "POST" && asked === etag) {
      const { kept } = outbound;
      const serial = Number(fieldValue(kept?.stored.fields ?? [], "x-serial") ?? -1);
      this.#model.confirmed({ serial, version, policy, askedAt, saidSecond });
      return { status: 304, fields: common, body: "" };
    }
    this.#serial += 1;
    const serial = this.#serial;
    // Nothing but an answer to GET may ever be seen again.
    if (outbound.method === "GET") {
      this.#model.origin({ serial, wish, status: 200, version, policy, askedAt, saidSecond });
    }
    const fields: Field[] = [...common, ["x-serial", String(serial)]];
    return { status: 200, fields, body: outbound.method === "HEAD" ? "" : `${serial}` };
  }

  #deliver(pending: Pending): void {
    const { outbound, wish, answer = "down" } = pending;
    this.#pending.splice(this.#pending.indexOf(pending), 1);
    const before = this.#serial;
    if (answer === "down") {
      const stale = this.#simulation.cache.fail(outbound, this.#simulation.nowMs);
      if (stale !== undefined) this.#judge(stale.reply.fields, wish, "after-no-answer", "instead");
      return;
    }
    if (outbound.method === "POST" && answer.status === 200) {
      this.#model.purge({ at: this.#step, second: this.#second(), path: wish.path, mode: "hard" });
    }
    const isError = answer.status === 503;
    const got: ClientAnswer = this.#simulation.deliver(outbound, answer);
    ok(this.#serial === before, "the simulated origin is asked by nobody but this world");
    if (isError && got.status === 200) this.#judge(got.fields, wish, "after-error", "instead");
    else if (answer.status === 304 && got.status === 200) this.#confirm(got, wish);
    else this.#tally.passed += 1;
  }

  /** What was validated has no age and no wish to hold to, but must be what the origin confirmed, and not purged since. */
  #confirm({ fields }: ClientAnswer, wish: Wish): void {
    const serial = Number(fieldValue(fields, "x-serial"));
    const reason = this.#model.judge(serial, wish, this.#second(), "alone");
    const isOfTime = reason === undefined ||
      !/nobody|something else|varies|purged|authorised|no-store$|private$/.test(
        reason.split("; ")[0] ?? "",
      );
    ok(isOfTime, `${serial} was validated: ${reason}`);
    this.#tally.validated += 1;
  }

  #judge(fields: readonly Field[], wish: Wish, way: Way, kind: keyof Tally): void {
    const serial = Number(fieldValue(fields, "x-serial"));
    const reason = this.#model.judge(serial, wish, this.#second(), way);
    ok(reason === undefined, `${kind} ${serial}, ${way}: ${reason}`);
    this.#tally[kind] += 1;
  }

  #purge({ path, by, mode }: Extract<Happening, { kind: "purge" }>): void {
    const { cache, nowMs } = this.#simulation;
    const resource = `t\ns\nhttp://example.com${path}`;
    const scope = path === undefined && by === "host"
      ? { kind: "host", tenant: owner.tenant, host: "example.com" } as const
      : path === undefined
      ? { kind: "service", owner } as const
      : by === "url"
      ? { kind: "resource", resource } as const
      : { kind: "surrogate key", owner, key: `key${path}` } as const;
    cache.purge([scope], mode, nowMs);
    this.#model.purge({ at: this.#step, second: this.#second(), path, mode });
  }

  #second(): number {
    return this.#simulation.nowMs / 1000;
  }
}

const silent: Policy = {
  maxAge: undefined,
  shared: undefined,
  staleWhileRevalidate: 0,
  staleIfError: 0,
  flags: [],
  variesByFoo: false,
  aged: 0,
  agedBy: "age",
};

function controlOf(policy: Policy): string {
  const spans: [string, number | undefined][] = [
    ["max-age", policy.maxAge],
    ["s-maxage", policy.shared],
    ["stale-while-revalidate", policy.staleWhileRevalidate || undefined],
    ["stale-if-error", policy.staleIfError || undefined],
  ];
  const told = spans.filter(([, seconds]) => seconds !== undefined).map((span) => span.join("="));
  return [...policy.flags, ...told].join(", ");
}

function requestOf(wish: Wish, method: string): CacheRequest {
  const control = [
    ...(wish.noCache ? ["no-cache"] : []),
    ...(wish.noStore ? ["no-store"] : []),
    ...(wish.maxAge === undefined ? [] : [`max-age=${wish.maxAge}`]),
    ...(wish.minFresh === undefined ? [] : [`min-fresh=${wish.minFresh}`]),
    ...(wish.maxStale === undefined ? [] : [`max-stale=${wish.maxStale}`]),
  ].join(", ");
  const fields: Field[] = [];
  if (control !== "") fields.push(["Cache-Control", control]);
  if (wish.foo !== undefined) fields.push(["Foo", wish.foo]);
  if (wish.isAuthorized) fields.push(["Authorization", "Basic eA=="]);
  return { method, scheme: "http", host: "example.com", path: wish.path, query: undefined, fields };
}
