/**
 * What the paths of functions cost and whether they pay for it, after docs/artifact.md, "Ticks", and not
 * after the verifier: here each point's cost is noted where it is, in every region and handler around it.
 */

import { InstructionCursor } from "@skerry/wasm";
import type { ArtifactView } from "./artifact_view.ts";
import type { Body } from "./body.ts";
import { labels } from "./liveness.ts";
import type { Site } from "./sites.ts";

/** No path comes here, or none that has not paid. */
const none = -1;
const freeUnitsMax = 1024;

/** The longest path to a point, and the longest on which nothing was charged. */
interface Cost {
  readonly all: number;
  readonly unpaid: number;
}

const nowhere: Cost = { all: none, unpaid: none };

interface Frame {
  readonly opcode: number;
  readonly region: number;
  readonly entry: Cost;
  /** What comes to the end by branches, or by the first arm of an `if`. */
  end: Cost;
  /** Within the body of a `try` or `try_table`; undefined in its handlers. */
  thrown: Cost | undefined;
  /** What its handlers begin with. */
  handled: Cost | undefined;
  /** Where the clauses of a `try_table` go. */
  readonly catches: readonly Frame[];
  hasElse: boolean;
}

interface Region {
  /** What the region around it had before the loop. */
  readonly entry: Cost;
  /** Whether it is a loop that pays where it turns. */
  readonly turns: boolean;
  largest: number;
  weight: number;
}

/** Whether every guest function pays, where one of them has another body. */
export function allPay(view: ArtifactView, edited: number, body: Body): boolean {
  const costs = new Costs(view, edited, body);
  for (let index = 0; index < view.guestBodies; index += 1) costs.check(index);
  return costs.pay;
}

/** All functions. What one costs before it pays hangs on those that it calls before, which form no circle. */
class Costs {
  pay = true;
  readonly #view: ArtifactView;
  readonly #edited: number;
  readonly #body: Body;
  readonly #free = new Map<number, number>();
  readonly #open = new Set<number>();

  constructor(view: ArtifactView, edited: number, body: Body) {
    this.#view = view;
    this.#edited = edited;
    this.#body = body;
  }

  check(index: number): void {
    const walk = this.#walk(index, "all calls");
    this.pay &&= walk.pays && walk.free <= freeUnitsMax;
  }

  #freeOf(index: number): number {
    const known = this.#free.get(index);
    if (known !== undefined) return known;
    if (this.#open.has(index)) {
      this.pay = false;
      return 0;
    }
    this.#open.add(index);
    const { free } = this.#walk(index, "unpaid calls");
    this.#open.delete(index);
    this.#free.set(index, free);
    return free;
  }

  #walk(index: number, counted: "all calls" | "unpaid calls"): Walk {
    const edited = index === this.#edited;
    const body = edited ? this.#body : this.#view.body(index);
    const walk = new Walk(body, (callee, unpaid) => {
      const called = callee - this.#view.spaces.importedFunctions;
      const isGuest = called >= 0 && called < this.#view.guestBodies;
      return isGuest && (unpaid || counted === "all calls") ? this.#freeOf(called) : 0;
    });
    walk.all(edited ? this.#view.sitesOf(body) : this.#view.sites(index));
    return walk;
  }
}

const costless = new Set([0x05, 0x07, 0x0b, 0x18, 0x19]);
const stopping = new Set([0x00, 0x08, 0x09, 0x0a, 0x0c, 0x0e, 0x0f, 0x12, 0x13, 0x15]);
const through = new Set([0x11, 0x13, 0x14, 0x15]);
const callees: ReadonlySet<number> = new Set([0x10, 0x12]);

/** One function. */
class Walk {
  pays = true;
  free = 0;
  #now: Cost = { all: 0, unpaid: 0 };
  readonly #frames: Frame[] = [];
  readonly #regions: Region[] = [
    { entry: nowhere, turns: false, largest: 0, weight: Infinity },
  ];
  readonly #cursor: InstructionCursor;
  readonly #end: number;
  readonly #freeOf: (callee: number, unpaid: boolean) => number;

  constructor(body: Body, freeOf: (callee: number, unpaid: boolean) => number) {
    this.#cursor = new InstructionCursor(body.bytes);
    this.#end = body.bytes.length;
    this.#freeOf = freeOf;
    this.#open(0x02);
  }

  all(sites: readonly Site[]): void {
    for (const [number, site] of sites.entries()) {
      if (site.kind === "charge") this.#charge(site.parts["weight"]?.signed ?? 0);
      const next = sites[number + 1]?.kind;
      if (site.kind === "guest" || site.kind === "replaced") this.#instruction(site, next);
    }
    const [top] = this.#regions;
    if (top !== undefined && top.weight < top.largest) this.pays = false;
  }

  #instruction({ at, opcode }: Site, next: Site["kind"] | undefined): void {
    const cursor = this.#cursor;
    cursor.enter(at, this.#end);
    cursor.next();
    if (!costless.has(opcode)) this.#add(1);
    if (callees.has(opcode) && this.#now.all >= 0) {
      // At points that have paid, what a callee costs counts too.
      this.#add(this.#freeOf(cursor.index(), this.#now.unpaid >= 0));
    }
    if (through.has(opcode) && this.#now.all >= 0) {
      if (this.#now.unpaid >= 0) this.pays = false;
      this.#add(freeUnitsMax);
    }
    const targets = labels(cursor).flatMap((label) => this.#frames.at(-1 - label) ?? []);
    if (opcode === 0x1f) return this.#open(opcode, targets);
    for (const frame of targets) {
      reach(frame, this.#in(frame.region));
      if (this.#isTurn(frame) && this.#now.all > 1) this.pays = false;
    }
    if (opcode === 0x03) this.#openLoop(next !== "charge");
    else if (opcode === 0x02 || opcode === 0x04 || opcode === 0x06) {
      this.#open(opcode);
    } else if (opcode === 0x05) this.#otherArm((frame) => frame.entry);
    else if (opcode === 0x07 || opcode === 0x19) this.#handler();
    else if (opcode === 0x0b || opcode === 0x18) this.#close();
    else if (stopping.has(opcode)) this.#now = nowhere;
  }

  #add(units: number): void {
    const { all, unpaid } = this.#now;
    if (all < 0) return;
    this.#now = { all: all + units, unpaid: unpaid < 0 ? none : unpaid + units };
    this.#note();
  }

  #note(): void {
    const region = this.#regions.at(-1);
    if (region !== undefined) region.largest = Math.max(region.largest, this.#now.all);
    if (this.#regions.length === 1) this.free = Math.max(this.free, this.#now.unpaid);
    for (const frame of this.#frames) {
      if (frame.thrown !== undefined) frame.thrown = larger(frame.thrown, this.#in(frame.region));
    }
  }

  /** The point at hand as a region around it sees it. */
  #in(region: number): Cost {
    return this.#now.all < 0 ? nowhere : this.#seen(this.#now, region);
  }

  #seen(cost: Cost, region: number): Cost {
    if (this.#regions.length - 1 === region) return cost;
    const inner = this.#regions[region + 1];
    if (inner === undefined) return nowhere;
    return inner.turns ? sum(inner.entry, cost) : inner.entry;
  }

  /** Whether a branch to a frame turns a loop that pays for that. */
  #isTurn(frame: Frame): boolean {
    return frame.opcode === 0x03 && this.#regions[frame.region + 1]?.turns === true;
  }

  #charge(weight: number): void {
    if (this.#now.all < 0) return;
    const region = this.#regions.at(-1);
    if (region !== undefined) region.weight = Math.min(region.weight, weight);
    const unpaid = region?.turns === true && this.#now.unpaid >= 0;
    this.#now = { all: 0, unpaid: unpaid ? 0 : none };
  }

  #open(opcode: number, catches: readonly Frame[] = []): void {
    const isTry = opcode === 0x06 || opcode === 0x1f;
    const region = this.#regions.length - 1;
    const thrown = isTry ? this.#now : undefined;
    const frame = { opcode, region, entry: this.#now, end: nowhere, thrown, catches };
    this.#frames.push({ ...frame, handled: undefined, hasElse: false });
  }

  #openLoop(turns: boolean): void {
    // There is no loop in one that pays where it turns.
    if (this.#regions.at(-1)?.turns === true) this.pays = false;
    this.#open(0x03);
    const { all, unpaid } = this.#now;
    this.#regions.push({ entry: this.#now, turns, largest: 0, weight: Infinity });
    // The branch that turns is one unit, after the charge.
    const start = turns ? 1 : 0;
    this.#now = { all: all < 0 ? none : start, unpaid: turns && unpaid >= 0 ? start : none };
  }

  #otherArm(costOf: (frame: Frame) => Cost): void {
    const frame = this.#frames.at(-1);
    if (frame === undefined) return;
    frame.end = larger(frame.end, this.#now);
    frame.hasElse = true;
    this.#now = costOf(frame);
  }

  #handler(): void {
    this.#otherArm((frame) => {
      frame.handled ??= frame.thrown;
      frame.thrown = undefined;
      return frame.handled ?? nowhere;
    });
  }

  #close(): void {
    const frame = this.#frames.pop();
    if (frame === undefined || this.#frames.length === 0) return;
    if (frame.opcode === 0x03) {
      const after = this.#in(frame.region);
      const region = this.#regions.pop();
      if (region === undefined) return;
      if (region.weight < region.largest) this.pays = false;
      if (region.turns) {
        this.#now = sum(frame.entry, { all: region.largest, unpaid: region.largest });
        this.#note();
      }
      this.#now = after;
      return;
    }
    for (const target of frame.catches) {
      const thrown = frame.thrown ?? nowhere;
      reach(target, thrown.all < 0 ? thrown : this.#seen(thrown, target.region));
      if (thrown.all >= 0 && this.#isTurn(target)) this.pays = false;
    }
    this.#now = larger(this.#now, frame.end);
    if (frame.opcode === 0x04 && !frame.hasElse) this.#now = larger(this.#now, frame.entry);
  }
}

function reach(frame: Frame, cost: Cost): void {
  if (frame.opcode !== 0x03) frame.end = larger(frame.end, cost);
}

function larger(left: Cost, right: Cost): Cost {
  return { all: Math.max(left.all, right.all), unpaid: Math.max(left.unpaid, right.unpaid) };
}

function sum(before: Cost, cost: Cost): Cost {
  if (before.all < 0 || cost.all < 0) return nowhere;
  const unpaid = before.unpaid < 0 || cost.unpaid < 0 ? none : before.unpaid + cost.unpaid;
  return { all: before.all + cost.all, unpaid };
}
