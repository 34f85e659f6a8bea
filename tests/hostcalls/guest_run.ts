/** Runs programs that call Skerry beyond WASI, each run in a sandbox of its own out of one pool. */

import { capturedSink, encodeUtf8 } from "@skerry/base";
import { Fragments, type KeptSet, Purges, S3Fifo, SharedStore } from "@skerry/cache";
import {
  bindHostcalls,
  DatabaseKeyValues,
  hostcallInterfaces,
  settingsFiles,
  type SubrequestOutcome,
  type Subrequests,
} from "@skerry/hostcalls";
import { build, type Language } from "@skerry/languages";
import { nextTurn, openDatabase, systemClock, systemRandom } from "@skerry/platform";
import { compile, type Outcome, Pool, type Program } from "@skerry/sandbox";
import { bindWasi, createWasiContext, wasiInterfaces } from "@skerry/wasi";

const entries = {
  c: "main.c",
  cpp: "main.cpp",
  assemblyscript: "main.ts",
  javascript: "main.js",
  wat: "main.wat",
};

/** Builds a program of one file, compiled to be interrupted and used again. */
export async function programOf(language: keyof typeof entries, source: string): Promise<Program> {
  const sources = new Map([[entries[language], encodeUtf8(source)]]);
  const result = await build(language as Language, sources);
  if (!result.ok) throw new Error(result.error.raw);
  if (result.value.diagnostics.length > 0) throw new Error(result.value.raw);
  const compiled = await compile(result.value.wasm, {
    interfaces: [...wasiInterfaces, ...hostcallInterfaces],
    isolation: {},
  });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  return compiled.value;
}

/** How a run went. */
export interface GuestRun {
  readonly outcome: Outcome;
  readonly stdout: string;
  readonly stderr: string;
}

/** A node of one tenant, as far as its programs see it. */
export class GuestHouse {
  readonly #pool = new Pool({ sandboxesMax: 8, clock: systemClock, turn: nextTurn });
  readonly #keyValues = new DatabaseKeyValues(
    openDatabase(":memory:", { survives: "process end" }),
    systemClock,
  );
  readonly #subrequests: Subrequests;
  readonly fragments = new Fragments({
    store: new SharedStore<KeptSet>({
      bytesMax: 100_000_000,
      valueBytesMax: 100_000_000,
      weightOf: () => 1,
      newPolicy: () => new S3Fifo<KeptSet>(),
    }),
    purges: new Purges(1000),
    clock: systemClock,
  });

  constructor(subrequests: Subrequests) {
    this.#subrequests = subrequests;
  }

  async run(
    program: Program,
    env: Readonly<Record<string, string>> = {},
    wallMsMax = 20_000,
    preopens = settingsFiles({ config: { colour: "blue" }, secrets: { key: "hush" } }),
  ): Promise<GuestRun> {
    const [stdout, stderr] = [capturedSink(1_000_000), capturedSink(1_000_000)];
    const context = createWasiContext({
      ...{ env, stdout, stderr, clock: systemClock, random: systemRandom },
      preopens,
    });
    const calls = bindHostcalls({
      tenant: "t",
      service: "s",
      fragments: this.fragments,
      keyValues: this.#keyValues,
      subrequests: this.#subrequests,
      clock: systemClock,
    }, context);
    const lease = await this.#pool.lease(program, {
      bindings: [...bindWasi(context), ...calls],
      wallMsMax,
    });
    if (typeof lease === "string") throw new Error(lease);
    try {
      const outcome = await lease.run("_start");
      return { outcome, stdout: stdout.text, stderr: stderr.text };
    } finally {
      lease.release();
      context.close();
    }
  }
}

/** Backends: `echo` answers with what it was asked, `broken` breaks off, `away` does not answer, and `together` waits for three. */
export const echoBackends: Subrequests = {
  has: (name) => ["api", "echo", "broken", "away", "together"].includes(name),
  async send(backend, { method, target, fields, body }) {
    if (backend === "together") return await together();
    if (backend === "away") return { kind: "failed", why: "timeout" };
    let text = `${method} ${target}\n`;
    for (const [name, value] of fields) text += `${name}: ${value}\n`;
    for (let piece = await body?.read(65_536); piece && piece.length > 0;) {
      text += new TextDecoder().decode(piece);
      piece = await body?.read(65_536);
    }
    return {
      kind: "response",
      response: {
        status: backend === "broken" ? 502 : 201,
        fields: [["Content-Type", "text/plain"], ["X-Twice", "a"], ["X-Twice", "b"]],
        body: piecesOf(text, backend === "broken"),
      },
    };
  },
};

/** Answers three requests once all of them are there. */
const waiting = { count: 0, ...Promise.withResolvers<void>() };

async function together(): Promise<SubrequestOutcome> {
  waiting.count += 1;
  if (waiting.count === 3) waiting.resolve();
  await waiting.promise;
  const body = encodeUtf8(`${waiting.count} of 3`);
  return { kind: "response", response: { status: 200, fields: [], body } };
}

async function* piecesOf(text: string, isBroken: boolean): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < text.length; at += 7) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    yield encodeUtf8(text.slice(at, at + 7));
    if (isBroken) throw new Error("gone");
  }
}
