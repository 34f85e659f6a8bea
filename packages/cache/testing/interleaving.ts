/**
 * Purges and fills that come between each other's steps: while one waits at any step of its own, others go from their
 * beginning to their end, or come to die half-way. A seed says which.
 */

import assert from "node:assert/strict";
import { formatPurges, purgeTableBytes } from "../purge_layout.ts";
import { tenantOf } from "../purge_scope.ts";
import { PurgeTable } from "../purge_table.ts";
import { SharedWords } from "../shared_words.ts";
import { key } from "./purge_words.ts";
import { numbersOf } from "./seeded_numbers.ts";
import { SteppedWords } from "./stepped_words.ts";

/** A purge; what is not known is Infinity. Times are numbers of steps. */
interface Purge {
  readonly scopes: readonly string[];
  readonly mode: "hard" | "soft";
  readonly calledAt: number;
  returnedAt: number;
  diedAt: number;
}

interface Fill {
  readonly scopes: readonly string[];
  readonly epoch: number;
  readonly beganAt: number;
}

/** How large a schedule is. */
export interface InterleavingOptions {
  readonly buckets: number;
  /** Of each of three tenants. */
  readonly scopeCount: number;
  /** Beside those that come between others' steps. */
  readonly happenings: number;
}

/** What a schedule has come to. */
export interface Interleaved {
  readonly displaced: number;
  readonly died: number;
  /** Things that happened between two steps of another. */
  readonly nested: number;
  readonly judged: { current: number; stale: number; purged: number };
}

class Died extends Error {}

/** How deep things may come between each other, and of how many steps one has something before it. */
const [depthMax, everySteps] = [3, 40];

/** Plays one schedule. Fails where a fill outlives a purge that it must not, or is taken by one that it began after. */
export function interleave(
  seed: number,
  { buckets, scopeCount, happenings }: InterleavingOptions,
): Interleaved {
  const next = numbersOf(seed);
  const memory = new SharedArrayBuffer(purgeTableBytes(buckets));
  formatPurges(new SharedWords(memory), buckets, key);
  let [now, depth, nested, died] = [0, 0, 0, 0];
  const purges: Purge[] = [];
  const fills: Fill[] = [];
  const judged = { current: 0, stale: 0, purged: 0 };

  /** Everybody has a table of their own over the memory that is everybody's. */
  const table = new PurgeTable(
    new SteppedWords(memory, () => {
      now += 1;
      if (depth === 0 || depth >= depthMax || next(everySteps) !== 0) return;
      nested += 1;
      happen();
    }),
  );

  const scopes = () => {
    const count = 1 + next(3);
    return Array.from({ length: count }, () => `k\n${"tuv"[next(3)]}\ns\n${next(scopeCount)}`);
  };

  const happen = () => {
    depth += 1;
    const what = next(10);
    if (what < 5) purge();
    else if (what < 7) fill();
    else judge();
    depth -= 1;
  };

  const purge = () => {
    const mode = next(2) === 0 ? "hard" : "soft";
    const one: Purge = {
      ...{ scopes: scopes(), mode, calledAt: now },
      ...{ returnedAt: Infinity, diedAt: Infinity },
    };
    purges.push(one);
    // Whoever is killed does no step more, and nothing is said of what they purge.
    const dying = next(6) === 0 ? new Dying(memory, next(60)) : undefined;
    try {
      (dying === undefined ? table : new PurgeTable(dying)).purge(one.scopes, mode, now);
      now += 1;
      one.returnedAt = now;
    } catch (error) {
      if (!(error instanceof Died)) throw error;
      one.diedAt = now;
      died += 1;
    }
  };

  const fill = () => {
    const beganAt = now;
    fills.push({ scopes: scopes(), beganAt, epoch: Number(new SharedWords(memory).get(2)) });
    now += 1;
  };

  const judge = () => {
    const one = fills[next(fills.length)];
    if (one === undefined) return;
    const startedAt = now;
    const isQuiet = one.scopes.every((scope) => table.lastOf(tenantOf(scope)) <= one.epoch);
    const { kind } = table.judge(one.epoch, one.scopes);
    judged[kind] += 1;
    const theirs = purges.filter((purge) => purge.scopes.some((own) => one.scopes.includes(own)));
    const must = theirs.filter((purge) =>
      one.beganAt < purge.calledAt && purge.returnedAt <= startedAt
    );
    const said = `seed ${seed}: a fill of step ${one.beganAt} is ${kind} at ${startedAt}`;
    if (must.some(({ mode }) => mode === "hard")) assert.equal(kind, "purged", said);
    else if (must.length > 0) assert.notEqual(kind, "current", said);
    assert.ok(!isQuiet || must.length === 0, said);
    // Only where records were displaced may others' purges do it.
    const may = theirs.some((purge) => Math.min(purge.returnedAt, purge.diedAt) > one.beganAt);
    if (!may && table.displaced === 0) assert.equal(kind, "current", said);
  };

  for (let count = 0; count < happenings; count++) happen();
  return { displaced: table.displaced, died, nested, judged };
}

/** Words of somebody who is killed after so many steps. */
class Dying extends SteppedWords {
  constructor(memory: ArrayBufferLike, steps: number) {
    let left = steps;
    super(memory, () => {
      left -= 1;
      if (left < 0) throw new Died();
    });
  }
}
