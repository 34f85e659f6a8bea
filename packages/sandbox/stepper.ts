/** A lease that is run in steps: from one yielded value to the next, and to the end. */

import { bug } from "@skerry/base";
import type { Channel } from "./channel.ts";
import type { Outcome } from "./outcome.ts";

/** What a lease has come to. */
export type Step = Yield | { readonly kind: "ended"; readonly outcome: Outcome };

/** A value that a host function has yielded; its guest waits for the answer. */
export class Yield {
  readonly kind = "yielded";
  readonly #question: Question;
  readonly #next: () => Promise<Step>;

  constructor(question: Question, next: () => Promise<Step>) {
    this.#question = question;
    this.#next = next;
  }

  /** The name of the channel that it came on. */
  get channelName(): string {
    return this.#question.channel.name;
  }

  /**
   * The value, and a way to answer it once, where it came on this channel. A lease that has ended meanwhile
   * is not brought back: the next step is its end.
   */
  on<Yielded, Resumed>(
    channel: Channel<Yielded, Resumed>,
  ): { readonly value: Yielded; resume(answer: Resumed): Promise<Step> } | undefined {
    const { channel: asked, value, answer } = this.#question;
    if (asked !== channel) return undefined;
    return {
      value: value as Yielded,
      resume: (resumed) => {
        answer(resumed);
        return this.#next();
      },
    };
  }
}

interface Question {
  readonly channel: object & { readonly name: string };
  readonly value: unknown;
  readonly answer: (value: unknown) => void;
}

/** Passes values between a guest's host functions and whoever steps the lease. */
export class Stepper {
  readonly #steps: Step[] = [];
  #waiting: PromiseWithResolvers<Step> | undefined;
  #ended: Step | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** The next step; the end, however often it is asked for after it. */
  next(): Promise<Step> {
    const step = this.#steps.shift() ?? this.#ended;
    if (step !== undefined) return Promise.resolve(step);
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error);
    if (this.#waiting !== undefined) bug("a lease is stepped by one at a time");
    this.#waiting = Promise.withResolvers<Step>();
    return this.#waiting.promise;
  }

  /** A host function yields a value; resolves with the answer. */
  ask<Yielded, Resumed>(channel: Channel<Yielded, Resumed>, value: Yielded): Promise<Resumed> {
    return new Promise((resolve) => {
      const answer = (given: unknown) => resolve(given as Resumed);
      this.#arrive(new Yield({ channel, value, answer }, () => this.next()));
    });
  }

  /** The run is over. */
  end(outcome: Outcome): void {
    this.#ended = { kind: "ended", outcome };
    // What was yielded and not looked at needs no answer any more.
    this.#steps.length = 0;
    this.#settle()?.resolve(this.#ended);
  }

  /** The run could not be made: a mistake of ours. */
  fail(error: unknown): void {
    this.#failure = { error };
    this.#settle()?.reject(error);
  }

  #arrive(step: Step): void {
    // A host function that comes back late yields to nobody.
    if (this.#ended !== undefined) return;
    const waiting = this.#settle();
    if (waiting === undefined) this.#steps.push(step);
    else waiting.resolve(step);
  }

  #settle(): PromiseWithResolvers<Step> | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    return waiting;
  }
}
