/** One race: a guest, those who want its end, and what must be true of how it ended. */

import assert from "node:assert/strict";
import {
  bind,
  type Lease,
  type LeaseOptions,
  type Outcome,
  type Pool,
  type Program,
  type Tenant,
  terminate,
  type Termination,
} from "@skerry/sandbox";
import type { Random } from "../differential/random.ts";
import { type GuestState, host, natural, question } from "./guests.ts";
import type { KillerThread } from "./killer_thread.ts";
import { turns } from "./restless_clock.ts";

/** Where races take place. */
export interface Course {
  readonly pool: Pool;
  readonly program: Program;
  readonly tenants: readonly Tenant[];
  readonly thread: KillerThread;
  readonly random: Random;
}

/** Where in a guest's life somebody wants its end. */
const places = [
  "before its run",
  "as it runs",
  "some microtasks later",
  "some turns later",
  "in a host call",
  "before an answer",
  "as it suspends",
  "as it grows",
  "as it yields",
  "as its signal is aborted",
  "after its end",
] as const;
type Place = typeof places[number];

const ways = ["kill", "release", "terminate", "terminate from another thread"] as const;

interface Attempt {
  readonly place: Place;
  readonly way: typeof ways[number];
  /** At the which occasion, or after how many turns. */
  readonly after: number;
}

/** A race with the attempts that were planned for it. */
export class Race {
  readonly guest: string;
  readonly #course: Course;
  readonly #attempts: readonly Attempt[];
  readonly #wallMsMax: number | undefined;
  readonly #occasions = new Map<Place, number>();
  /** What those who used the switch were told. */
  readonly #answers: Termination[] = [];
  readonly #answersToCome: Promise<void>[] = [];
  #lease: Lease | undefined;
  #killSwitch: ReturnType<Lease["killSwitch"]>;
  #ended = false;
  /** Somebody has killed or released it before its end. */
  #disturbed = false;
  #stale: number[] = [];

  constructor(course: Course) {
    const { random } = course;
    this.#course = course;
    this.guest = random.pick(Object.keys(natural));
    this.#attempts = Array.from({ length: random.below(4) }, () => ({
      place: random.pick(places),
      way: random.pick(ways),
      after: random.below(random.chance(0.7) ? 3 : 12),
    }));
    this.#wallMsMax = random.chance(0.15) ? random.below(8) : undefined;
  }

  /** What was planned, for people. */
  get text(): string {
    const attempts = this.#attempts.map(({ place, way, after }) => `${way} ${place} (${after})`);
    const wall = this.#wallMsMax === undefined ? "" : `, wall time ${this.#wallMsMax}`;
    return `${this.guest}: ${attempts.join(", ") || "nobody ends it"}${wall}`;
  }

  /** Runs it to its end and looks at it. */
  async run(): Promise<Outcome["kind"]> {
    const { pool, program, random } = this.#course;
    const lease = await pool.lease(program, this.#options());
    assert.ok(typeof lease === "object", String(lease));
    this.#lease = lease;
    if (random.chance(0.9)) this.#killSwitch = lease.killSwitch();
    this.#at("before its run");
    const outcome = this.#disturbed && this.#releasedBefore ? undefined : await this.#race(lease);
    this.#ended = true;
    this.#at("after its end");
    lease.release();
    await Promise.all(this.#answersToCome);
    if (outcome !== undefined) this.#judge(outcome);
    assert.deepEqual(this.#stale, [], `${this.text}: the instance was not fresh`);
    return outcome?.kind ?? "killed";
  }

  get #releasedBefore(): boolean {
    return this.#attempts.some(({ place, way, after }) =>
      place === "before its run" && way === "release" && after === 0
    );
  }

  async #race(lease: Lease): Promise<Outcome> {
    const running = this.guest === "asks" ? this.#step(lease) : lease.run(this.guest);
    this.#at("as it runs");
    const during = this.#during(lease);
    const outcome = await running;
    this.#ended = true;
    await during;
    return outcome;
  }

  async #step(lease: Lease): Promise<Outcome> {
    for (let step = await lease.start(this.guest);;) {
      if (step.kind === "ended") return step.outcome;
      const asked = step.on(question);
      assert.ok(asked !== undefined);
      this.#at("as it yields");
      await turns(this.#course.random.below(3));
      step = await asked.resume(1);
    }
  }

  /** What comes after a while; in the end, whoever would run for ever is ended. */
  async #during(lease: Lease): Promise<void> {
    for (let microtask = 0; microtask < 12; microtask += 1) {
      await Promise.resolve();
      this.#at("some microtasks later");
    }
    for (let turn = 0; turn < 12 && !this.#ended; turn += 1) {
      await turns(1);
      this.#at("some turns later");
    }
    if (this.#ended || natural[this.guest] !== undefined) return;
    this.#disturbed = true;
    lease.kill("at last");
  }

  #options(): LeaseOptions {
    const { random, tenants } = this.#course;
    const state: GuestState = {
      at: (place) => this.#at(place),
      later: () => random.chance(0.3) ? Promise.resolve() : turns(random.below(3)),
      stale: (which) => void this.#stale.push(which),
    };
    const asksLater = random.chance(0.5);
    return {
      bindings: [bind(host, state)],
      tenant: random.pick(tenants),
      ...(this.#wallMsMax === undefined ? {} : { wallMsMax: this.#wallMsMax }),
      onSuspend: () => this.#at("as it suspends"),
      onGrowth: () => {
        this.#at("as it grows");
        const answer = random.chance(0.7) ? "allow" : "deny";
        return asksLater ? turns(random.below(3)).then(() => answer) : answer;
      },
    };
  }

  /** An occasion: those who waited for it act. */
  #at(place: Place): void {
    const occasion = this.#occasions.get(place) ?? 0;
    this.#occasions.set(place, occasion + 1);
    for (const attempt of this.#attempts) {
      if (attempt.place === place && attempt.after === occasion) this.#act(attempt.way);
    }
  }

  #act(way: Attempt["way"]): void {
    const { random, thread } = this.#course;
    switch (way) {
      case "kill":
      case "release":
        this.#disturbed ||= !this.#ended;
        if (way === "kill") this.#lease?.kill("enough");
        else this.#lease?.release();
        return;
      case "terminate":
        if (this.#killSwitch !== undefined) this.#answers.push(terminate(this.#killSwitch));
        return;
      case "terminate from another thread": {
        if (this.#killSwitch === undefined) return;
        const answer = thread.terminate(this.#killSwitch, random.below(4000));
        this.#answersToCome.push(answer.then((told) => void this.#answers.push(told)));
      }
    }
  }

  #judge(outcome: Outcome): void {
    const told = `${this.text}: ${describe(outcome)}, and the switch answered [${this.#answers}]`;
    const inTime = this.#answers.some((answer) => answer !== "over");
    const ran = natural[this.guest]?.(outcome) === true ||
      (this.#wallMsMax !== undefined && outcome.kind === "exhausted" &&
        outcome.limit === "wall time");
    if (inTime) assert.equal(outcome.kind, "killed", told);
    else if (this.#disturbed) assert.ok(ran || outcome.kind === "killed", told);
    else assert.ok(ran, told);
  }
}

function describe(outcome: Outcome): string {
  switch (outcome.kind) {
    case "hostFault":
      return `host fault ${outcome.error}`;
    case "exhausted":
      return `exhausted ${outcome.limit}`;
    case "killed":
      return `killed (${outcome.reason})`;
    default:
      return outcome.kind;
  }
}
