/** The memory of a node's cache, used by processes that are killed at any moment. */

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { formatMemory, planMemory } from "@skerry/cache";
import { makeSharedMemory, openSharedMemory, type SharedMemory } from "@skerry/platform";
import { type HammerReport, hammerWords } from "../../packages/cache/testing/hammer.ts";
import { type CacheProcessTask, stopWords } from "./cache_process.ts";

const regions = 3;
const memoryBytes = 2 ** 20;
const keys = 999;
const kills = 6;

/** A process, and what it has told so far. */
class Hammering {
  readonly reports: HammerReport[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  constructor(memory: SharedMemory, words: SharedMemory, region: number, seed: number) {
    const task: CacheProcessTask = {
      memory: inherited(memory),
      keys: inherited(words),
      ...{ region, seed },
    };
    const program = new URL("./cache_process.ts", import.meta.url).pathname;
    const options = ["run", "-A", "--no-check", "--quiet", program, JSON.stringify(task)];
    this.#child = memory.lend(() =>
      words.lend(() => spawn(Deno.execPath(), options, { stdio: ["ignore", "pipe", "inherit"] }))
    );
    const lines = createInterface({ input: this.#child.stdout ?? assert.fail() });
    lines.on("line", (line) => this.reports.push(JSON.parse(line)));
    this.#ended = Promise.all([once(this.#child, "exit"), once(lines, "close")]);
  }

  /** Waits until it has told something `count` more times. */
  async more(count: number): Promise<void> {
    for (const wanted = this.reports.length + count; this.reports.length < wanted;) {
      assert.equal(this.#child.exitCode, null, "it has ended");
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  async ended(): Promise<void> {
    await this.#ended;
  }
}

function inherited({ handle }: SharedMemory): { descriptor: number; bytes: number } {
  assert.ok(handle.kind === "inherited");
  return { descriptor: handle.descriptor, bytes: handle.bytes };
}

const ignore = Deno.build.os !== "linux";
Deno.test({
  name: `INV-18: processes that are killed while they write hurt no other that reads${
    ignore ? " (skipped: not on Linux)" : ""
  }`,
  ignore,
  async fn() {
    const memory = makeSharedMemory("test-cache", memoryBytes);
    const wordBytes = (keys * hammerWords + stopWords) * 4;
    const words = makeSharedMemory("test-keys", wordBytes);
    const plan = planMemory(memoryBytes, regions, 1024) ?? assert.fail("too small");
    const seed = Math.floor(Math.random() * 2 ** 24);
    console.log(`seed ${seed}`);
    formatMemory(openSharedMemory(memory.handle), plan, { low: seed, high: 1 });
    const others = [1, 2].map((region) => new Hammering(memory, words, region, seed + region));
    const reports: HammerReport[] = [];
    for (let life = 0; life < kills; life += 1) {
      const victim = new Hammering(memory, words, 0, seed + 1000 * life);
      await victim.more(1);
      // Somewhere in the next round.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
      await victim.kill();
      reports.push(...victim.reports);
    }
    for (const other of others) await other.more(1);
    const stop = new Int32Array(openSharedMemory(words.handle));
    Atomics.store(stop, stop.length - stopWords, 1);
    for (const other of others) {
      await other.ended();
      reports.push(...other.reports);
    }
    memory.close();
    words.close();
    assert.deepEqual(reports.flatMap(({ wrong }) => wrong), []);
    const found = reports.reduce((sum, report) => sum + report.found, 0);
    assert.ok(found > 1000, `${found} found`);
  },
});
