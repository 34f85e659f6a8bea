/**
 * Random calls on a file system and on the model of it, which must agree at each step on the error, on every byte
 * of the guest's memory, and in the end on the whole tree.
 */

import assert from "node:assert/strict";
import { concatBytes, encodeUtf8, errnoNames } from "@skerry/base";
import { createWasiContext } from "../../context.ts";
import type { DirectoryNode, FileSystem } from "../../file_system.ts";
import { countingRandom, MemorySink, TestClock, TestGuest } from "../guest.ts";
import { type Call, Calls } from "./calls.ts";
import { Model } from "./model.ts";
import type { ModelTraits } from "./model_state.ts";
import { type ModelDirectory, type ModelNode, newDirectory } from "./model_tree.ts";
import { Random } from "./random.ts";

/** Two file systems to try: one is handed out both writable and read-only, the other beside it. */
export interface Subject {
  readonly name: string;
  one: FileSystem;
  two: FileSystem;
  readonly clock: TestClock;
  readonly traits: Pick<ModelTraits, "fileBytesMax" | "allocateBytesMax" | "exactTimes">;
  /** Large offsets that make sense to it. */
  readonly offsets: readonly bigint[];
  /** Whether a directory may be moved or removed while it is open. */
  readonly directoriesMove: boolean;
  remove(): void;
  /** What the next guest is handed instead of what the last one left, with the same in it. */
  follow?(fileSystem: FileSystem): FileSystem | Promise<FileSystem>;
}

/** What a run has come to. */
export interface Tally {
  readonly steps: number;
  readonly succeeded: number;
  /** How often each function gave each answer. */
  readonly answers: ReadonlyMap<string, number>;
}

const input = "the quick brown fox jumps over the lazy dog ".repeat(8);
const limits = {
  ...{ descriptorsMax: 14, transferBytesMax: 4096 },
  ...{ writtenBytesMax: Infinity, madeNamesMax: Infinity },
};
const stepsOfOneLife = 250;

/**
 * Runs so many random calls, of one guest after the other on the same trees. A difference is thrown with the calls
 * that led to it.
 */
export async function fuzz(subject: Subject, seed: number, steps: number): Promise<Tally> {
  const { clock } = subject;
  const [root, other] = [newDirectory(), newDirectory()];
  const model = new Model({ ...subject.traits, ...limits, input, nowNs: () => clock.wallNs() });
  const random = new Random(seed);
  const answers = new Map<string, number>();
  for (let done = 0; done < steps; done += stepsOfOneLife) {
    const sink = new MemorySink();
    const guest = newGuest(subject, sink);
    model.begin([
      { name: "/data", root, readOnly: false },
      { name: "/ro", root, readOnly: true },
      { name: "/other", root: other, readOnly: false },
    ]);
    const calls = new Calls(random, guest, model, subject.offsets);
    const run = new Run(subject, guest, model, answers);
    for (let step = 0; step < Math.min(stepsOfOneLife, steps - done); step += 1) {
      await run.step(calls.next(), done + step);
    }
    const written = sink.pieces.reduce((sum, { length }) => sum + length, 0);
    assert.equal(written, model.output.length, "what was written to streams");
    assert.deepEqual(concatBytes(sink.pieces), model.output, "what was written to streams");
    guest.context.close();
    compareTrees(subject.one, root);
    compareTrees(subject.two, other);
    if (subject.follow === undefined) continue;
    [subject.one, subject.two] = [
      await subject.follow(subject.one),
      await subject.follow(subject.two),
    ];
    model.forgetNumbers();
  }
  let succeeded = 0;
  for (const [answer, count] of answers) if (answer.endsWith(" ESUCCESS")) succeeded += count;
  return { steps, succeeded, answers };
}

function newGuest({ clock, one, two }: Subject, sink: MemorySink): TestGuest {
  return new TestGuest(
    createWasiContext({
      args: ["prog", "x"],
      env: { A: "1" },
      stdin: inPieces(input),
      stdout: sink,
      stderr: sink,
      clock,
      random: countingRandom,
      preopens: [
        { guestPath: "/data", fileSystem: one },
        { guestPath: "/ro", fileSystem: one, readOnly: true },
        { guestPath: "/other", fileSystem: two },
      ],
      limits,
    }),
    1,
  );
}

class Run {
  readonly #subject: Subject;
  readonly #guest: TestGuest;
  readonly #model: Model;
  readonly #story: string[] = [];
  readonly #answers: Map<string, number>;

  constructor(subject: Subject, guest: TestGuest, model: Model, answers: Map<string, number>) {
    [this.#subject, this.#guest, this.#model] = [subject, guest, model];
    this.#answers = answers;
  }

  async step(call: Call, step: number): Promise<void> {
    if (!this.#subject.directoriesMove && this.#movesDirectory(call)) return;
    const { memory } = this.#guest;
    const before = memory.copy(0, memory.byteLength);
    const told = `${step}: ${call.name}(${this.#tell(call)})`;
    this.#story.push(told);
    try {
      const errno = errnoNames[await this.#guest.raw(call.name, ...call.args)] ?? "no errno";
      this.#story.push(`  ${errno}`);
      this.#model.follow(call.name, call.args, errno, before, memory.view(0, memory.byteLength));
      const key = `${call.name} ${errno}`;
      this.#answers.set(key, (this.#answers.get(key) ?? 0) + 1);
    } catch (error) {
      const message = error instanceof Error ? error.stack ?? error.message : String(error);
      throw new Error(`${this.#story.slice(-60).join("\n")}\n${message}`, { cause: error });
    }
  }

  #tell({ args }: Call): string {
    const { memory } = this.#guest;
    return args.map((value, index) => {
      const length = args[index + 1];
      const isText = typeof value === "number" && typeof length === "number" && value >= 0 &&
        length > 0 && length < 60 && value > 64 && value + length < memory.byteLength;
      return isText
        ? `${value}=${JSON.stringify(new TextDecoder().decode(memory.copy(value, length)))}`
        : value;
    }).join(", ");
  }

  #movesDirectory({ name, args }: Call): boolean {
    const { memory } = this.#guest;
    const leads = (at: number): boolean => {
      const [fd, pointer, length] = args.slice(at, at + 3).map(Number);
      if (fd === undefined || pointer === undefined || length === undefined) return false;
      if ((pointer >>> 0) + (length >>> 0) > memory.byteLength) return false;
      return this.#model.leadsToDirectory(
        fd,
        new TextDecoder().decode(memory.copy(pointer, length)),
      );
    };
    if (name === "path_rename") return leads(0) || leads(3);
    return name === "path_remove_directory" && leads(0);
  }
}

function inPieces(text: string) {
  let rest = encodeUtf8(text);
  return {
    read: (bytes: number) => {
      const piece = rest.subarray(0, Math.min(bytes, 17));
      rest = rest.subarray(piece.length);
      return piece;
    },
  };
}

function compareTrees(fileSystem: FileSystem, model: ModelDirectory): void {
  const root = fileSystem.root();
  try {
    compareDirectory(root, model, "");
  } finally {
    root.release();
  }
}

/** Looks at the file system's own nodes, without a guest. */
function compareDirectory(directory: DirectoryNode, model: ModelDirectory, path: string): void {
  for (const [name, wanted] of model.entries) {
    const at = `${path}/${name}`;
    const node = directory.lookup(name);
    assert.ok(node, `${at} is missing`);
    const kinds: Record<string, ModelNode["kind"]> = {
      ...{ regularFile: "file", symbolicLink: "link", directory: "directory" },
    };
    assert.equal(kinds[node.type], wanted.kind, at);
    if (node.type === "directory" && wanted.kind === "directory") {
      compareDirectory(node, wanted, at);
    }
    if (node.type === "symbolicLink" && wanted.kind === "link") {
      assert.equal(node.target(), wanted.target, at);
    }
    if (node.type === "regularFile" && wanted.kind === "file") {
      const { bytes, links } = node.stat();
      assert.deepEqual([bytes, links], [BigInt(wanted.size), BigInt(wanted.links)], at);
      const file = node.open("read");
      const places = new Set([0, ...wanted.bytes.keys()].map((place) => Math.floor(place / 4096)));
      for (const place of places) {
        const real = new Uint8Array(4096);
        const count = file.read(real, place * 4096);
        for (const [index, byte] of real.subarray(0, count).entries()) {
          const expected: number = wanted.bytes.get(place * 4096 + index) ?? 0;
          if (byte !== expected) assert.equal(byte, expected, `${at} at ${place * 4096 + index}`);
        }
      }
      file.close();
    }
    node.release();
  }
  // The host lists its names later, the memory now; both are names that the model has.
  const listed = directory.entries();
  if (Symbol.iterator in listed) {
    assert.deepEqual(
      [...listed].map(({ name }) => name).sort(),
      [...model.entries.keys()].sort(),
      path,
    );
  }
}
