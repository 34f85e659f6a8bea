/** What a use costs, of a recycled sandbox and of an instance that is made for it, in turns. */

import { nextTurn } from "@skerry/platform";
import { rounded } from "../bench.ts";
import { dirtyPages } from "./dirty_pages.ts";
import { leasedUse } from "./leased_use.ts";
import { type PeerUse, peerUses } from "./peers.ts";
import { type Spread, spreadOf } from "./samples.ts";
import { freshUse, type Subject } from "./subject.ts";

/** How often each is measured. */
export const roundsMax = 25;

/** Figures of one subject; the peers that are no instances have only the fresh ones. */
export interface CostRow extends Record<string, string | number> {
  readonly name: string;
  readonly dirtyPages: number | "";
  readonly leasedUsP50: number | "";
  readonly leasedUsP99: number | "";
  readonly leasedUsWorst: number | "";
  readonly freshUsP50: number | "";
  readonly freshUsP99: number | "";
  readonly freshUsWorst: number | "";
  readonly ratio: number | "";
  readonly uses: string;
}

/** Measures all of them, interleaved. */
export async function leaseCosts(subjects: readonly Subject[]): Promise<CostRow[]> {
  const pairs: { leased: Use; fresh: Use; subject: Subject; pages: number }[] = [];
  for (const subject of subjects) {
    const pages = await dirtyPages(subject);
    const leased = useOf(subject, subject.uses.leased, await leasedUse(subject));
    const fresh = useOf(subject, subject.uses.fresh, freshUse(subject));
    pairs.push({ leased, fresh, subject, pages });
  }
  const peers = peerUses().map((peer) => ({ peer, use: { ...peer, rounds: [] } }));
  const all = [
    ...pairs.flatMap(({ leased, fresh }) => [leased, fresh]),
    ...peers.map(({ use }) => use),
  ];
  for (let round = 0; round < roundsMax; round += 1) {
    for (const use of all) await measureRound(use);
  }
  return [
    ...pairs.map(({ leased, fresh, subject, pages }) =>
      subjectRow(subject, pages, spreadOf(leased.rounds), spreadOf(fresh.rounds))
    ),
    ...peers.map(({ peer, use }) => peerRow(peer, spreadOf(use.rounds))),
  ];
}

interface Use {
  readonly count: number;
  readonly act: () => unknown;
  /** Microseconds. */
  readonly rounds: number[][];
}

/** A use that is checked: a sandbox that is not as new would answer something else. */
function useOf({ name, right }: Subject, count: number, use: () => unknown): Use {
  const check = (answer: unknown) => {
    if (answer !== right) throw new Error(`${name} answered ${answer} instead of ${right}`);
  };
  const act = () => {
    const answer = use();
    return answer instanceof Promise ? answer.then(check) : check(answer);
  };
  return { count, act, rounds: [] };
}

async function measureRound({ count, act, rounds }: Use): Promise<void> {
  await new Promise<void>((resolve) => nextTurn(resolve));
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const started = performance.now();
    const answer = act();
    if (answer instanceof Promise) await answer;
    times.push((performance.now() - started) * 1000);
  }
  if (count > 0) rounds.push(times);
}

function subjectRow(subject: Subject, pages: number, leased: Spread, fresh: Spread): CostRow {
  return {
    name: subject.name,
    dirtyPages: pages,
    leasedUsP50: leased.p50,
    leasedUsP99: leased.p99,
    leasedUsWorst: leased.worst,
    freshUsP50: fresh.p50,
    freshUsP99: fresh.p99,
    freshUsWorst: fresh.worst,
    ratio: rounded(fresh.p50 / leased.p50),
    uses: `${roundsMax} × ${subject.uses.leased} + ${roundsMax} × ${subject.uses.fresh}`,
  };
}

function peerRow({ name, count, missing }: PeerUse, fresh: Spread): CostRow {
  const there = missing === undefined;
  return {
    name: there ? name : `${name}: ${missing}`,
    dirtyPages: "",
    leasedUsP50: "",
    leasedUsP99: "",
    leasedUsWorst: "",
    freshUsP50: there ? fresh.p50 : "",
    freshUsP99: there ? fresh.p99 : "",
    freshUsWorst: there ? fresh.worst : "",
    ratio: "",
    uses: `${roundsMax} × ${count}`,
  };
}
