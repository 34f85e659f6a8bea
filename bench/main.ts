/** `npm run bench -- NAME [--quick]`: a table for people and, as its last line, one JSON object. */

import type { Bench, BenchResult } from "./bench.ts";
import { bench as cache } from "./cache.ts";
import { bench as cacheCore } from "./cache_core.ts";
import { bench as cachePolicy } from "./cache_policy.ts";
import { bench as compiler } from "./compiler.ts";
import { bench as compilerGrowth } from "./compiler_growth.ts";
import { bench as decode } from "./decode.ts";
import { bench as http } from "./http.ts";
import { bench as instrument } from "./instrument.ts";
import { bench as node } from "./node.ts";
import { bench as programs } from "./programs.ts";
import { bench as sandbox } from "./sandbox.ts";
import { bench as wasi } from "./wasi.ts";

const benches: readonly Bench[] = [
  cache,
  cacheCore,
  cachePolicy,
  compiler,
  compilerGrowth,
  decode,
  http,
  instrument,
  node,
  programs,
  sandbox,
  wasi,
];

const [name, option] = Deno.args;
if (name === "--list") {
  for (const { name, about } of benches) console.log(`${name.padEnd(16)} ${about}`);
  Deno.exit(0);
}
const chosen = benches.find((bench) => bench.name === name);
if (chosen === undefined || (option !== undefined && option !== "--quick")) {
  console.error(
    `usage: npm run bench -- NAME [--quick], where NAME is one of ${
      benches.map(({ name }) => name).join(", ")
    }`,
  );
  Deno.exit(2);
}

const machine = {
  processors: navigator.hardwareConcurrency,
  processor: processorName(),
  deno: Deno.version.deno,
  v8: Deno.version.v8,
};
console.log(`${chosen.name}: ${chosen.about}`);
console.log(
  `${machine.processors} × ${machine.processor}, Deno ${machine.deno}, V8 ${machine.v8}\n`,
);
const { rows, summary } = await chosen.run(option === "--quick");
for (const table of tables(rows)) printTable(table);
console.log(JSON.stringify({ bench: chosen.name, ...summary, rows, machine }));

function tables(rows: BenchResult["rows"]): BenchResult["rows"][number][][] {
  const found: BenchResult["rows"][number][][] = [];
  for (const row of rows) {
    const table = found.find((table) =>
      table.some((other) => Object.keys(other).some((key) => key in row))
    );
    if (table === undefined) found.push([row]);
    else table.push(row);
  }
  return found;
}

function printTable(rows: readonly Record<string, string | number>[]): void {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = [columns, ...rows.map((row) => columns.map((column) => String(row[column] ?? "")))];
  const widths = columns.map((_, index) =>
    Math.max(...cells.map((row) => row[index]?.length ?? 0))
  );
  for (const row of cells) {
    console.log(row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join("  ").trimEnd());
  }
  console.log();
}

function processorName(): string {
  try {
    return /model name\s*: (.*)/.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1] ?? "processor";
  } catch {
    return Deno.build.arch;
  }
}
