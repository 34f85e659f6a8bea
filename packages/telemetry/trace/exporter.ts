/**
 * Sends spans to a collector, several at once, one request after the other. What waits is bounded: where the collector
 * is slow or away the newest spans are dropped and counted, and nobody waits for it.
 */

import { type Clock, encodeUtf8, type RandomSource } from "@skerry/base";
import type { RequestEvent } from "@skerry/edge";
import type { SpanFigures } from "../snapshot.ts";
import { otlpRequest } from "./otlp.ts";
import { type Answer, postSpans, type Send } from "./post.ts";
import type { ExportSettings } from "./settings.ts";
import { type Span, spansOf } from "./spans.ts";

/** What an exporter needs of its surroundings. */
export interface SpanExporterOptions {
  readonly settings: ExportSettings;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** The platform's `fetch`. */
  readonly send: Send;
  /** Told when spans begin not to be taken, and when they are again. */
  readonly note: (text: string) => void;
}

/** How often spans are sent again that a collector could not take, and what is waited before the first time and at most. */
const retriesMax = 4;
const [retryMs, retryMsMax] = [1_000, 30_000];

/** Exports. */
export class SpanExporter {
  readonly #options: SpanExporterOptions;
  readonly #waiting: Span[] = [];
  /** Aborted when there are enough spans for a request. */
  #enough = new AbortController();
  readonly #closing = new AbortController();
  #working: Promise<void> | undefined;
  #isFailing = false;
  #exported = 0;
  #dropped = 0;

  constructor(options: SpanExporterOptions) {
    this.#options = options;
  }

  /** What became of spans. */
  get figures(): SpanFigures {
    return { exported: this.#exported, dropped: this.#dropped };
  }

  /** Takes a request that is traced; others are nothing to it. Never throws and never waits. */
  add(event: RequestEvent): void {
    const spans = spansOf(event, () => this.#newSpanId());
    const { queueMax, batchMax } = this.#options.settings;
    if (this.#closing.signal.aborted || this.#waiting.length + spans.length > queueMax) {
      this.#dropped += spans.length;
      return;
    }
    this.#waiting.push(...spans);
    if (this.#waiting.length >= batchMax) this.#enough.abort();
    if (this.#waiting.length > 0) this.#working ??= this.#work();
  }

  /** Counts requests that were dropped on their way here, as a span each. */
  lost(requests: number): void {
    this.#dropped += requests;
  }

  /** Sends what waits, until a collector does not take it. Nothing is taken any more. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#working;
  }

  async #work(): Promise<void> {
    const { clock, settings: { delayMs, batchMax } } = this.#options;
    while (this.#waiting.length > 0) {
      const { signal } = this.#enough;
      await clock.sleep(delayMs, AbortSignal.any([signal, this.#closing.signal]));
      const spans = this.#waiting.splice(0, batchMax);
      this.#enough = new AbortController();
      if (this.#waiting.length >= batchMax) this.#enough.abort();
      await this.#export(spans);
    }
    this.#working = undefined;
  }

  async #export(spans: readonly Span[]): Promise<void> {
    const { clock, send, settings } = this.#options;
    const body = encodeUtf8(otlpRequest(spans, settings.resource));
    for (let tries = 0;; tries++) {
      const answer = await postSpans({ settings, clock, send }, body);
      const isLast = tries === retriesMax || this.#closing.signal.aborted;
      if (answer.kind !== "later" || isLast) return this.#settle(spans.length, answer);
      const waitMs = Math.min(answer.waitMs ?? retryMs * 2 ** tries, retryMsMax);
      await clock.sleep(waitMs, this.#closing.signal);
    }
  }

  #settle(count: number, answer: Answer): void {
    const rejected = answer.kind === "taken" ? Math.min(answer.rejected, count) : count;
    this.#exported += count - rejected;
    this.#dropped += rejected;
    const isFailing = answer.kind !== "taken";
    if (isFailing && !this.#isFailing) {
      this.#options.note(
        `spans are dropped, since the collector does not take them: ${answer.why}`,
      );
    } else if (!isFailing && this.#isFailing) this.#options.note("the collector takes spans again");
    this.#isFailing = isFailing;
    if (isFailing && this.#closing.signal.aborted) {
      this.#dropped += this.#waiting.splice(0).length;
    }
  }

  #newSpanId(): string {
    const bytes = new Uint8Array(8);
    this.#options.random.fill(bytes);
    return bytes.toHex();
  }
}
