/** The checks of `skerry doctor`. Each but the first looks at the machine itself and believes no version number. */

import { formatSize } from "@skerry/base";
import { assemble, build } from "@skerry/languages";
import { exists, isWritable, listen, machineFacts, readText } from "@skerry/platform";
import { pinnedDeno } from "./version.ts";

/** One finding. */
export interface Check {
  readonly name: string;
  /** `limited` works with less; `lacking` does not work. */
  readonly state: "fine" | "limited" | "lacking";
  readonly found: string;
  readonly remedy?: string;
}

/** What a machine should have for a node with a few thousand sandboxes. */
const memoryBytesWanted = 1024 ** 3;
const memoryMapsWanted = 65_530;

/** Looks at this machine. */
export async function examineMachine(): Promise<Check[]> {
  const facts = machineFacts();
  return [
    {
      name: "Deno",
      found: `${facts.deno} (V8 ${facts.v8})`,
      ...(facts.deno === pinnedDeno
        ? fine
        : lacking("run `npm ci` in the folder of Skerry, and start it as `skerry`")),
    },
    checkSuspension(),
    await checkProposal("garbage collection", "(module (type (struct (field i32))))"),
    await checkProposal("exceptions", "(module (tag) (func (try_table (catch_all 0) (throw 0))))"),
    await checkProposal("64-bit memory", "(module (memory i64 1))"),
    await checkProposal("multiple memories", "(module (memory 1) (memory 1))"),
    {
      name: "processors",
      found: String(facts.processors),
      ...(facts.processors > 1 ? fine : limited("a second one keeps builds from slowing requests")),
    },
    {
      name: "memory",
      found: formatSize(facts.memoryBytes),
      ...(facts.memoryBytes >= memoryBytesWanted
        ? fine
        : limited("lower `limits.memory` in the manifests")),
    },
    await checkMemoryMaps(),
    await checkCompiler("C compiler", "c", "int main(void) { return 0; }"),
    await checkCompiler("JavaScript engine", "javascript", "export default {};"),
    await checkFolder(),
    await checkPort(),
  ];
}

const fine = { state: "fine" } as const;
const limited = (remedy: string) => ({ state: "limited", remedy }) as const;
const lacking = (remedy: string) => ({ state: "lacking", remedy }) as const;

function checkSuspension(): Check {
  const works = "promising" in WebAssembly && "Suspending" in WebAssembly;
  return {
    name: "suspension of guests (JSPI)",
    found: works ? "available" : "not available",
    ...(works ? fine : lacking("use the Deno that package.json pins")),
  };
}

async function checkProposal(name: string, text: string): Promise<Check> {
  const assembled = await assemble(text);
  const works = assembled.ok && WebAssembly.validate(new Uint8Array(assembled.value));
  return {
    name: `WebAssembly: ${name}`,
    found: works ? "available" : "not available",
    ...(works ? fine : lacking("use the Deno that package.json pins")),
  };
}

/** Linux bounds the memory mappings of a process; each suspended guest takes a few. */
async function checkMemoryMaps(): Promise<Check> {
  const path = "/proc/sys/vm/max_map_count";
  const name = "memory mappings (vm.max_map_count)";
  if (!await exists(path)) return { name, found: "not bounded here", ...fine };
  const count = Number(await readText(path, 100));
  return {
    name,
    found: `${count}, enough for about ${Math.floor(count / 5)} suspended sandboxes`,
    ...(count >= memoryMapsWanted
      ? fine
      : limited(`sysctl -w vm.max_map_count=${memoryMapsWanted}`)),
  };
}

async function checkCompiler(
  name: string,
  language: "c" | "javascript",
  text: string,
): Promise<Check> {
  const entry = language === "c" ? "main.c" : "main.js";
  const result = await build(language, new Map([[entry, new TextEncoder().encode(text)]]))
    .catch((error: unknown) => ({ ok: false, error } as const));
  return {
    name,
    found: result.ok ? `builds (${formatSize(result.value.wasm.length)})` : "does not build",
    ...(result.ok ? fine : lacking("run `npm ci` in the folder of Skerry")),
  };
}

async function checkFolder(): Promise<Check> {
  const writable = await isWritable(".");
  return {
    name: "this folder",
    found: writable ? "can be written" : "cannot be written",
    ...(writable ? fine : limited("build and make projects in a folder that you own")),
  };
}

async function checkPort(): Promise<Check> {
  const name = "port 7676";
  try {
    const unused = () => Promise.resolve({ status: 503, fields: [], body: undefined });
    const listener = await listen({ hostname: "127.0.0.1", port: 7676 }, unused);
    await listener.close(0);
    return { name, found: "free", ...fine };
  } catch {
    return { name, found: "in use", ...limited("serve on another with --listen 127.0.0.1:PORT") };
  }
}
