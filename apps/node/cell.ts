/**
 * A cell: a process of its own whose threads serve. Another thread compiles programs for them; the main one hears
 * whether they live, and neither compiles nor runs anything that is a guest's.
 */

import { bug, encodeUtf8 } from "@skerry/base";
import type { TenantState } from "@skerry/control";
import {
  dropPermissions,
  onEndSignal,
  parentProcess,
  processFigures,
  processStderr,
} from "@skerry/platform";
import type { CellFigures } from "@skerry/telemetry";
import { Account, memoryPageBytes, type SharedAccount, type SharedProgram } from "@skerry/sandbox";
import { artifactPath } from "./artifact_path.ts";
import { CellThread } from "./thread_handle.ts";
import { Gathering } from "./gathering.ts";
import { ProgramLoader } from "./loader_handle.ts";
import type {
  CellConfig,
  CellNews,
  CellOrder,
  ChangeBatch,
  ProgramRequest,
  ThreadNews,
} from "./messages.ts";
import { ProgramShelf } from "./program_shelf.ts";

/** How often threads are looked after, and how long one may be silent, in milliseconds. */
const lookEveryMs = 500;
const silenceMsMax = 10_000;

/** How long requests under way may take where the supervisor has gone. */
const orphanDrainMs = 5_000;

const parent = parentProcess<CellNews, CellOrder>();
const threads: CellThread[] = [];
const gathering = new Gathering();
const accounts = new Map<string, SharedAccount>();
let config: CellConfig | undefined;
let loader: ProgramLoader | undefined;
let sharedMemory: SharedAccount | undefined;
/** What was compiled for one thread, for the others: in general all ask at the same time. */
let programs = new ProgramShelf<Promise<SharedProgram>>(0);

parent.onMessage((order) => void obey(order));
// A terminal, and many a service manager, sends signals to all: the supervisor says when it is time.
onEndSignal(() => {});
parent.onGone(() => void stop(orphanDrainMs));

async function obey(order: CellOrder): Promise<void> {
  switch (order.kind) {
    case "start":
      return await start(order.config);
    case "apply":
      return await apply(order.batch);
    case "purged":
      return threads[order.thread]?.tell(order);
    case "explain":
      // What one thread sees all do.
      return threads[0]?.tell(order);
    case "tail":
    case "certificates":
      for (const thread of threads) thread.tell(order);
      return;
    case "serve":
      return await serve();
    case "stop":
      return await stop(order.drainMs);
  }
}

async function start(given: CellConfig): Promise<void> {
  config = given;
  programs = new ProgramShelf(given.programBytesMax);
  const memory = sharedMemory = Account.share(given.memoryBytesMax / memoryPageBytes);
  const mappings = Account.share(given.mappingsMax);
  const onFailed = (message: string) => {
    complain(`cell ${given.cell}: a thread failed for a reason of our own: ${message}`);
    Deno.exit(1);
  };
  loader = new ProgramLoader(onFailed);
  const started = gathering.of("started", given.threads);
  for (let index = 0; index < given.threads; index++) {
    const thread = new CellThread((news) => heard(thread, news), onFailed);
    const shared = { memory, mappings, alive: thread.alive };
    thread.tell({ kind: "start", config: given, thread: index, shared });
    threads.push(thread);
  }
  await Promise.all([started, loader.started]);
  // All have opened what they need; from now on nobody can open more.
  const needed = { hostDirectories: false, network: true, files: true };
  const { objects, writtenNoMore } = given;
  await dropPermissions(objects === undefined ? needed : { ...needed, writtenNoMore });
  setInterval(look, lookEveryMs);
  parent.send({ kind: "started" });
}

async function serve(): Promise<void> {
  const serving = gathering.of("serving", threads.length);
  for (const thread of threads) thread.tell({ kind: "serve" });
  await serving;
  parent.send({ kind: "serving" });
}

async function apply(batch: ChangeBatch): Promise<void> {
  const { sequence, changes } = batch;
  const shared: Record<string, SharedAccount> = {};
  for (const change of changes) {
    if (change.kind === "tenant") shared[change.tenant.name] = accountOf(change.tenant);
    // Another of its name begins with an account of its own.
    else if (change.kind === "tenant removed") accounts.delete(change.name);
  }
  const applied = gathering.of(`applied ${sequence}`, threads.length);
  for (const thread of threads) thread.tell({ kind: "apply", batch, accounts: shared });
  const problems = [...new Set(await applied ?? [])];
  parent.send({ kind: "applied", sequence, problems });
}

/** A tenant's memory, which its guests in all threads share. */
function accountOf(
  { name, settings: { memoryBytesMax = Infinity } }: TenantState,
): SharedAccount {
  const pages = Math.min(2 ** 30, Math.floor(memoryBytesMax / memoryPageBytes));
  const found = accounts.get(name);
  if (found?.max === pages) return found;
  const account = Account.share(pages);
  accounts.set(name, account);
  return account;
}

async function stop(drainMs: number): Promise<void> {
  const stopped = gathering.of("stopped", threads.length);
  for (const thread of threads) thread.tell({ kind: "stop", drainMs });
  await stopped;
  parent.send({ kind: "stopped" });
  Deno.exit(0);
}

function heard(thread: CellThread, news: ThreadNews): void {
  switch (news.kind) {
    case "started":
    case "serving":
    case "stopped":
      return gathering.answered(news.kind);
    case "applied":
      return gathering.answered(`applied ${news.sequence}`, news.problems);
    case "event":
    case "disk":
    case "explained":
      return parent.send(news);
    case "telemetry":
      thread.sandboxes = news.sandboxes;
      thread.cache = news.cache;
      return parent.send({
        ...{ kind: "telemetry", delta: news.delta, sampled: news.sampled, figures: figures() },
      });
    case "purge": {
      const asked = { ...news.asked, thread: threads.indexOf(thread) };
      return parent.send({ kind: "purge", asked });
    }
    case "program":
      void answer(thread, news.request);
  }
}

async function answer(thread: CellThread, request: ProgramRequest): Promise<void> {
  const { key } = request;
  try {
    thread.tell({ kind: "program", key, program: await programOf(request) });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    complain(`a program cannot be loaded: ${why}`);
    thread.tell({ kind: "program", key, program: why });
  }
}

/** A program in a form that threads can open, compiled once however many ask. */
function programOf(request: ProgramRequest): Promise<SharedProgram> {
  const { key } = request;
  const found = programs.get(key);
  if (found !== undefined) return found;
  const made = load(request);
  programs.put(key, made, 0);
  made.then(({ bytes }) => programs.put(key, made, bytes.length), () => programs.drop(key));
  return made;
}

function load({ artifact, memoryBytesMax }: ProgramRequest): Promise<SharedProgram> {
  const path = artifactPath(config?.artifactsFolder ?? "", artifact);
  return loader?.load(path, memoryBytesMax) ?? bug("a program is wanted before the cell's start");
}

/** What the cell has of all that it may have. */
function figures(): CellFigures {
  const memory = sharedMemory && Account.open(sharedMemory);
  const sum = (of: (thread: CellThread) => number) =>
    threads.reduce((total, thread) => total + of(thread), 0);
  return {
    threads: threads.length,
    sandboxesInUse: sum(({ sandboxes }) => sandboxes.inUse),
    sandboxesIdle: sum(({ sandboxes }) => sandboxes.idle),
    memoryBytes: (memory?.used ?? 0) * memoryPageBytes,
    memoryBytesMax: (memory?.max ?? 0) * memoryPageBytes,
    cacheBytes: sum(({ cache }) => cache.bytes),
    cacheBytesMax: sum(({ cache }) => cache.bytesMax),
    cacheEvictions: sum(({ cache }) => cache.evictions),
    ...processFigures(),
  };
}

/** Says that the cell is alive, and which of its threads is not. */
function look(): void {
  const nowMs = performance.now();
  for (const [index, thread] of threads.entries()) {
    const silentMs = thread.silentMs(nowMs);
    if (silentMs > silenceMsMax) parent.send({ kind: "stuck", thread: index, silentMs });
  }
  parent.send({ kind: "alive" });
}

function complain(text: string): void {
  void processStderr.write(encodeUtf8(`skerry: ${text}\n`));
}
