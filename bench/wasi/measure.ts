/** Ours and the peers, in turns: the machine's speed drifts by more than what is measured. */

import { median, rounded } from "../bench.ts";
import { type Case, guestModule, inputBytes, inputName } from "./cases.ts";
import type { NodePeer, NodeUse } from "./node_peer.ts";
import { bare, ourFiles, sandboxed } from "./ours.ts";
import { shim } from "./shim.ts";
import type { Subject, Surroundings } from "./subject.ts";

const rounds = 7;
/** The engine compiles what is busy again, on another thread: a large program is there only after some uses. */
const [warmRounds, warmStarts] = [3, 12];

/** One line of the table: how much in a second, more is better. */
export interface Row extends Record<string, string | number> {
  readonly name: string;
  readonly unit: string;
  /** In a recycled sandbox. */
  readonly ours: number;
  /** In a bare instance. */
  readonly oursBare: number;
  /** Empty where there is no such thing. */
  readonly nodeWasi: number | "";
  readonly shim: number | "";
}

/** Someone who does the work once, and says how many milliseconds it took. */
type Contestant = () => Promise<number>;
type Contestants = Readonly<Partial<Record<"ours" | "oursBare" | "nodeWasi" | "shim", Contestant>>>;

/** Measures a case. `folder` is for files and modules; node:wasi's are always there. */
export async function measureCase(each: Case, folder: string, node: NodePeer): Promise<Row> {
  const { name, guest, count, bytes, peers } = each;
  const module = await guestModule(guest);
  Deno.writeFileSync(`${folder}/${guest}.wasm`, module);
  const files = `${folder}/files`;
  if (peers.includes("nodeWasi")) prepareFolder(files);
  const use = {
    path: `${folder}/${guest}.wasm`,
    folder: files,
    args: ["guest"],
    entry: "run",
    numbers: [count],
  };
  const surroundings = { args: ["guest"], fileSystem: ourFiles(each, files) };
  const right = (answer: number) => {
    if (answer !== count * bytes) throw new Error(`${name}: ${answer} instead of ${count * bytes}`);
  };
  const timed = (subject: Subject) => timedUse(subject, surroundings, "run", [count], right);
  const medians = await inTurns({
    ours: timed(await sandboxed(module)),
    oursBare: timed(bare(module)),
    ...(peers.includes("nodeWasi") ? { nodeWasi: () => nodeUse(node, use, right) } : {}),
    ...(peers.includes("shim") ? { shim: timed(shim(module, true)) } : {}),
  }, warmRounds);
  const inMegabytes = name.includes(":");
  const amount = inMegabytes ? count * bytes / 1e6 : count;
  return rowOf(name, inMegabytes ? "MB/s" : "calls/s", amount, medians);
}

/** Measures how fast a command starts, prints something and ends. */
export async function measureStart(
  name: string,
  path: string,
  args: readonly string[],
  bytes: number,
  node: NodePeer,
): Promise<Row> {
  const module = Deno.readFileSync(path);
  const use = { path, args, entry: "_start", numbers: [] };
  const timed = (subject: Subject) => async () => {
    const started = performance.now();
    const { written } = await subject.use({ args }, "_start", []);
    const ms = performance.now() - started;
    if (written !== bytes) throw new Error(`${name}: ${written} bytes instead of ${bytes}`);
    return ms;
  };
  const medians = await inTurns({
    ours: timed(await sandboxed(module)),
    oursBare: timed(bare(module)),
    nodeWasi: () => nodeUse(node, use, () => {}),
    shim: timed(shim(module, false)),
  }, warmStarts);
  return rowOf(name, "starts/s", 1, medians);
}

function timedUse(
  subject: Subject,
  surroundings: Surroundings,
  entry: string,
  numbers: readonly number[],
  check: (answer: number) => void,
): Contestant {
  return async () => {
    const started = performance.now();
    const { answer } = await subject.use(surroundings, entry, numbers);
    const ms = performance.now() - started;
    check(answer);
    return ms;
  };
}

async function nodeUse(node: NodePeer, use: NodeUse, check: (answer: number) => void) {
  const { ms, answer } = await node.use(use);
  check(answer);
  return ms;
}

async function inTurns(
  contestants: Contestants,
  warm: number,
): Promise<Readonly<Record<string, number>>> {
  const times = new Map<string, number[]>(Object.keys(contestants).map((name) => [name, []]));
  const all = Object.entries(contestants);
  for (let round = 0; round < warm + rounds; round += 1) {
    // Each comes first in its turn: whoever runs after another may have its garbage to collect.
    const turn = round % all.length;
    for (const [name, contestant] of [...all.slice(turn), ...all.slice(0, turn)]) {
      // What a turn leaves to do, such as a reset, is not the next one's to pay.
      await new Promise((resolve) => setTimeout(resolve, 5));
      const ms = await contestant();
      if (round >= warm) times.get(name)?.push(ms);
    }
  }
  return Object.fromEntries([...times].map(([name, ms]) => [name, median(ms)]));
}

function rowOf(
  name: string,
  unit: string,
  amount: number,
  medians: Readonly<Record<string, number>>,
): Row {
  const rate = (who: string) => rounded(amount / (medians[who] ?? Number.NaN) * 1000);
  const peer = (who: string) => who in medians ? rate(who) : "";
  return {
    name,
    unit,
    ours: rate("ours"),
    oursBare: rate("oursBare"),
    nodeWasi: peer("nodeWasi"),
    shim: peer("shim"),
  };
}

function prepareFolder(folder: string): void {
  Deno.mkdirSync(folder, { recursive: true });
  Deno.writeFileSync(`${folder}/${inputName}`, new Uint8Array(inputBytes).fill(7));
}
