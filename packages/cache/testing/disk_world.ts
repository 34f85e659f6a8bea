/**
 * Threads of a node with one memory, one record of purges and one disk, whose every operation ends when it is told to; and an
 * origin. Processes can be killed at any moment, and files damaged.
 */

import { ok } from "node:assert/strict";
import { type Clock, concatBytes, decodeUtf8, encodeUtf8 } from "@skerry/base";
import type { Field, HttpRequest } from "@skerry/http";
import { DiskObjects } from "../disk/disk_objects.ts";
import { defaultDiskLimits } from "../disk/disk_limits.ts";
import { DamagedObject } from "../disk/open_object.ts";
import { HttpCache } from "../http_cache.ts";
import type { KeptSet } from "../kept.ts";
import type { PurgeMode } from "../purge_records.ts";
import { type PurgeScope } from "../purge_scope.ts";
import { Purges } from "../purges.ts";
import { S3Fifo } from "../s3_fifo.ts";
import type { Answered, Fetched } from "../serving/answered.ts";
import { CacheServer } from "../serving/cache_server.ts";
import { servingLimits } from "../serving/desk.ts";
import { relayLimits } from "../serving/relay.ts";
import { defaultCacheSettings } from "../settings.ts";
import { SharedStore } from "../shared_store.ts";
import { simulatedDigests, SimulatedDisk, SimulatedFiles } from "./simulated_files.ts";

/** What can happen next; numbers choose among what there is. */
export type DiskStep =
  | { readonly kind: "ask"; readonly thread: number; readonly path: string; readonly foo: string }
  | { readonly kind: "answer"; readonly which: number; readonly how: AnswerKind }
  | { readonly kind: "piece"; readonly which: number; readonly how: "more" | "end" | "break" }
  | { readonly kind: "disk"; readonly which: number }
  | { readonly kind: "purge"; readonly path: string; readonly by: "url" | "key" | "service" }
  | { readonly kind: "write"; readonly thread: number; readonly path: string }
  | { readonly kind: "evict"; readonly path: string }
  | { readonly kind: "wait" }
  | { readonly kind: "damage"; readonly which: number; readonly bit: number }
  | { readonly kind: "fail" }
  | { readonly kind: "restart" };

export type AnswerKind = "small" | "large" | "varied" | "large varied" | "uncacheable" | "confirm";

interface Sent {
  readonly path: string;
  readonly foo: string;
  /** The step in which it was sent. */
  readonly at: number;
  readonly isConditional: boolean;
  readonly isUnsafe: boolean;
  readonly answer: (fetched: Fetched) => void;
}

interface Coming {
  readonly pieces: Uint8Array[];
  more: PromiseWithResolvers<"more" | "end" | "break">;
}

const owner = { tenant: "t", service: "s" };
/** Longer bodies go to the disk. */
const smallBytesMax = 40;
const largeBytes = 100;

const brokenOff = new Error("it broke off");
const diskFailure = new Error("disk");

/** See the head of this file. */
export class DiskWorld {
  readonly disk = new SimulatedDisk();
  readonly #purges = new Purges(50);
  #store = newStore();
  #processes: { readonly files: SimulatedFiles; readonly server: CacheServer }[] = [];
  #sent: Sent[] = [];
  #coming: Coming[] = [];
  #waiting: (() => void)[] = [];
  #step = 0;
  #nowMs = Date.UTC(2026, 0, 1);
  #readers: Promise<void>[] = [];
  /** When the request for a body went forward, by its number. */
  readonly #wentAt: number[] = [];
  readonly #purgedAt = new Map<string, number>();
  fromDisk = 0;
  served = 0;
  damaged = 0;

  constructor() {
    this.#start();
  }

  /** Has something happen. Fails where somebody is served what was asked for before a purge that they came after. */
  async happen(step: DiskStep): Promise<void> {
    this.#step += 1;
    this.#nowMs += 10;
    switch (step.kind) {
      case "ask":
        this.#ask(step.thread, step.path, step.foo, "GET");
        break;
      case "write":
        this.#ask(step.thread, step.path, "1", "POST");
        break;
      case "answer":
        this.#answer(take(this.#sent, step.which), step.how);
        break;
      case "piece": {
        const one = this.#coming[step.which % Math.max(1, this.#coming.length)];
        one?.more.resolve(step.how);
        break;
      }
      case "disk":
        take(this.#waiting, step.which)?.();
        break;
      case "purge":
        this.#purge(step.path, step.by);
        break;
      case "evict":
        this.#store.delete("t", `t\ns\nhttp://h${step.path}`);
        break;
      case "wait":
        this.#nowMs += 40_000;
        break;
      case "damage":
        this.#damage(step.which, step.bit);
        break;
      case "fail":
        this.disk.failure = this.disk.failure === undefined ? diskFailure : undefined;
        break;
      case "restart":
        this.#restart();
        break;
    }
    await this.#settle();
  }

  /** Lets everything come to its end, and everybody have their answer. */
  async finish(): Promise<void> {
    this.disk.failure = undefined;
    for (let round = 0; round < 2000; round += 1) {
      const isIdle = this.#sent.length + this.#coming.length + this.#waiting.length === 0;
      if (isIdle) break;
      this.#answer(this.#sent.pop(), "small");
      this.#coming.at(-1)?.more.resolve("end");
      this.#waiting.pop()?.();
      await this.#settle();
    }
    await Promise.all(this.#readers);
    ok(this.disk.opened === 0, `${this.disk.opened} files are open`);
    ok(this.disk.partials.size === 0, `${this.disk.partials.size} files are left behind`);
  }

  #start(): void {
    this.#processes = [0, 1].map(() => {
      const files = new SimulatedFiles(
        this.disk,
        () => new Promise((resolve) => this.#waiting.push(resolve)),
      );
      const objects = new DiskObjects({
        files,
        digests: simulatedDigests(),
        nowMs: () => this.#nowMs,
        onTrouble: () => {},
        limits: { ...defaultDiskLimits, smallBytesMax, pauseMs: 100 },
      });
      const cache = new HttpCache({
        ...{ store: this.#store, purges: this.#purges, objects, newBoundary: () => "B" },
      });
      // What is on its way to the disk is read from there, in several steps.
      const pieces = { segmentBytes: 16, pieceBytesMax: 30 };
      const relay = { ...relayLimits, ...pieces, memoryBytesMax: smallBytesMax };
      const limits = { ...servingLimits, relay };
      return { files, server: new CacheServer({ cache, clock: this.#clock, limits }) };
    });
  }

  /** All that a process has not written is lost, with what was under way. */
  #restart(): void {
    for (const { files } of this.#processes) files.kill();
    [this.#sent, this.#coming, this.#readers] = [[], [], []];
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
    this.disk.partials.clear();
    this.disk.opened = 0;
    this.#store = newStore();
    this.#start();
  }

  #ask(thread: number, path: string, foo: string, method: string): void {
    const process = this.#processes[thread % this.#processes.length];
    if (process === undefined) return;
    const fields: Field[] = [["foo", foo]];
    const cameAt = this.#step;
    const request: HttpRequest = {
      ...{ method, target: path, scheme: "http", version: "1.1", fields, peer: "peer" },
      ...{ body: undefined, whenGone: () => {} },
    } as unknown as HttpRequest;
    const asked = {
      owner,
      request: { method, scheme: "http" as const, host: "h", path, query: undefined, fields },
      settings: { ...defaultCacheSettings, hitForMissMs: 50 },
    };
    const answered = process.server.answer(asked, request, (outgoing) => {
      const { promise, resolve } = Promise.withResolvers<Fetched>();
      const isConditional = outgoing.fields.some(([name]) => name === "if-none-match");
      const isUnsafe = method === "POST";
      this.#sent.push({ path, foo, at: this.#step, isConditional, isUnsafe, answer: resolve });
      return promise;
    });
    const disk = this.disk;
    const isAlive = () => this.#processes.includes(process) && disk === this.disk;
    this.#readers.push(
      Promise.resolve(answered).then((one) => this.#read(one, path, foo, cameAt, isAlive)),
    );
  }

  async #read(
    { response, result }: Answered,
    path: string,
    foo: string,
    cameAt: number,
    isAlive: () => boolean,
  ): Promise<void> {
    const { body, status } = response;
    let bytes = new Uint8Array(0);
    try {
      if (body instanceof Uint8Array) bytes = concatBytes([body]);
      else if (body !== undefined) bytes = concatBytes(await Array.fromAsync(body));
    } catch (error) {
      // It broke off, and everybody knows.
      ok(!isAlive() || this.#isExcused(error), `${path} broke off without need: ${error}`);
      return;
    }
    if (!isAlive() || status !== 200 || bytes.length === 0) return;
    const text = decodeUtf8(bytes);
    const [, number = "", of, to] = /^(\d+) (\S+) (\S+) (?:x*)$/.exec(text) ?? [];
    ok(of === path && (to === foo || to === "*"), `${path} ${foo} got ${text}`);
    this.served += 1;
    if (result === "hit" && bytes.length > smallBytesMax) this.fromDisk += 1;
    const wentAt = this.#wentAt[Number(number)] ?? -1;
    const purgedAt = Math.max(
      this.#purgedAt.get(path) ?? -1,
      this.#purgedAt.get("*") ?? -1,
    );
    // A purge that came after whoever asked may have been applied before or after they were answered.
    const relevant = purgedAt < cameAt ? purgedAt : this.#lastPurgeBefore(path, cameAt);
    ok(
      wentAt >= relevant,
      `${text.trim()}, asked for at ${wentAt}, is served to one who came at ${cameAt} after a purge at ${relevant}`,
    );
  }

  /** Whether its origin or its disk is to blame for what broke off, and not who served it. */
  #isExcused(error: unknown): boolean {
    return error === brokenOff || error === diskFailure ||
      error instanceof DamagedObject && this.damaged > 0;
  }

  readonly #purgesOf = new Map<string, number[]>();

  #lastPurgeBefore(path: string, at: number): number {
    const all = [...this.#purgesOf.get(path) ?? [], ...this.#purgesOf.get("*") ?? []];
    return Math.max(-1, ...all.filter((one) => one < at));
  }

  #notePurge(path: string): void {
    this.#purgedAt.set(path, this.#step);
    this.#purgesOf.set(path, [...this.#purgesOf.get(path) ?? [], this.#step]);
  }

  #answer(sent: Sent | undefined, how: AnswerKind): void {
    if (sent === undefined) return;
    const { path, foo, at, isConditional, isUnsafe, answer } = sent;
    if (isUnsafe) {
      this.#notePurge(path);
      return answer({ kind: "answered", response: { status: 204, fields: [], body: undefined } });
    }
    const number = this.#wentAt.length;
    const isVaried = how === "varied" || how === "large varied";
    const control: Field = ["cache-control", how === "uncacheable" ? "no-store" : "max-age=60"];
    const fields: Field[] = [control, ["surrogate-key", `k${path}`], ["etag", `"${path}"`]];
    if (isVaried) fields.push(["vary", "Foo"]);
    if (how === "confirm" && isConditional) {
      return answer({ kind: "answered", response: { status: 304, fields, body: undefined } });
    }
    this.#wentAt.push(at);
    const text = `${number} ${path} ${isVaried ? foo : "*"} `;
    const isLarge = how === "large" || how === "large varied";
    const bytes = encodeUtf8(isLarge ? text.padEnd(largeBytes, "x") : text);
    if (number % 3 === 0) {
      return answer({ kind: "answered", response: { status: 200, fields, body: bytes } });
    }
    fields.push(["content-length", String(bytes.length)]);
    const pieces: Uint8Array[] = [];
    for (let from = 0; from < bytes.length; from += 30) pieces.push(bytes.slice(from, from + 30));
    const coming: Coming = { pieces, more: Promise.withResolvers() };
    this.#coming.push(coming);
    answer({ kind: "answered", response: { status: 200, fields, body: this.#pieces(coming) } });
  }

  async *#pieces(coming: Coming): AsyncGenerator<Uint8Array> {
    for (let isEnd = false;;) {
      const piece = coming.pieces.shift();
      if (piece === undefined) break;
      const how: "more" | "end" | "break" = isEnd ? "end" : await coming.more.promise;
      coming.more = Promise.withResolvers();
      if (how === "break") {
        this.#coming = this.#coming.filter((one) => one !== coming);
        throw brokenOff;
      }
      isEnd = how === "end";
      yield piece;
    }
    this.#coming = this.#coming.filter((one) => one !== coming);
  }

  #purge(path: string, by: "url" | "key" | "service", mode: PurgeMode = "hard"): void {
    const scope: PurgeScope = by === "url"
      ? { kind: "resource", resource: `t\ns\nhttp://h${path}` }
      : by === "key"
      ? { kind: "surrogate key", owner, key: `k${path}` }
      : { kind: "service", owner };
    const [process] = this.#processes;
    process?.server.cache.purge([scope], mode, this.#nowMs);
    this.#notePurge(by === "service" ? "*" : path);
  }

  #damage(which: number, bit: number): void {
    const contents = [...this.disk.files.values()];
    const content = contents[which % Math.max(1, contents.length)];
    if (content === undefined || content.bytes.length === 0) return;
    this.damaged += 1;
    // From the end: that is where bodies are.
    const bits = content.bytes.length * 8;
    const at = bits - 1 - bit % bits;
    content.bytes = content.bytes.map((byte, place) =>
      place === at >> 3 ? byte ^ 1 << at % 8 : byte
    );
  }

  async #settle(): Promise<void> {
    for (let turn = 0; turn < 60; turn += 1) await Promise.resolve();
  }

  readonly #clock: Clock = {
    wallNs: () => BigInt(this.#nowMs) * 1_000_000n,
    monotonicNs: () => BigInt(this.#nowMs) * 1_000_000n,
    resolutionNs: 1n,
    sleep: (_ms, signal) =>
      new Promise((resolve) => signal.addEventListener("abort", () => resolve())),
  };
}

function newStore(): SharedStore<KeptSet> {
  return new SharedStore<KeptSet>({
    ...{ bytesMax: 1e6, valueBytesMax: 1e6, weightOf: () => 1 },
    newPolicy: () => new S3Fifo<KeptSet>(),
  });
}

function take<Value>(values: Value[], which: number): Value | undefined {
  if (values.length === 0) return undefined;
  return values.splice(which % values.length, 1)[0];
}
