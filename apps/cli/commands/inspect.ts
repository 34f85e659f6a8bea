/** `skerry inspect`: what a module is made of. */

import { formatSize, limits, printable } from "@skerry/base";
import { printText } from "@skerry/languages";
import { Command, Option } from "commander";
import type { ArtifactClaims } from "../artifact_claims.ts";
import { type BundleReport, inspectModule, type ModuleReport } from "../inspect_module.ts";
import { readModule } from "../load.ts";
import { formatOption, jsonOption } from "../options.ts";
import { type Format, printData, printLine, table } from "../output.ts";

/** The verb. */
export function inspectCommand(): Command {
  return new Command("inspect")
    .summary("show what a module is made of")
    .description(
      "Shows a module's sections, imports, exports, memories, features and sizes, and what an artifact says\n" +
        "of itself.",
    )
    .argument("<module>", "a .wasm file, or - for standard input")
    .addOption(
      new Option("--wat", "print the module as text instead").conflicts(["format", "json"]),
    )
    .addOption(formatOption())
    .addOption(jsonOption())
    .action(async (path: string, { wat, format }: { wat?: true; format: Format }) => {
      const bytes = await readModule(path, limits.artifactBytesMax);
      const report = inspectModule(path, bytes);
      if (wat === true) printLine(await moduleText(bytes));
      else printData(format, report, () => reportText(report));
    });
}

/** The module in the text format, where `\u{…}` in a name is the character that it stands for (6.3.3). */
async function moduleText(bytes: Uint8Array): Promise<string> {
  const lines = (await printText(bytes)).split("\n");
  return lines.map((line) => printable(line, Number.POSITIVE_INFINITY)).join("\n");
}

function reportText(report: ModuleReport): string {
  const { path, bytes, sections, imports, exports, memories, tables, functions, features } = report;
  const parts = [`${path}: ${formatSize(bytes)}, ${functions} functions`];
  parts.push(
    `features: ${features.length === 0 ? "those of WebAssembly 1.0" : features.join(", ")}`,
  );
  if (report.artifact !== undefined) parts.push(...artifactLines(report.artifact));
  for (const bundle of report.bundles) parts.push(bundleLine(bundle));
  for (const memory of memories) parts.push(`memory: ${memory}`);
  for (const found of tables) parts.push(`table: ${found}`);
  parts.push(titled("sections", [
    ["section", "offset", "size"],
    ...sections.map((
      { name, offset, bytes },
    ) => [name, `0x${offset.toString(16)}`, formatSize(bytes)]),
  ]));
  parts.push(
    titled("imports", imports.map(({ module, name, type }) => [`${module}.${name}`, type])),
  );
  parts.push(titled("exports", exports.map(({ name, type }) => [name, type])));
  return parts.filter((part) => part !== "").join("\n");
}

function bundleLine(bundle: BundleReport | string): string {
  if (typeof bundle === "string") return `bundle: cannot be read: ${bundle}`;
  const { guest, mode, bytes, files } = bundle;
  const written = mode === "ro" ? "only read" : "written to a layer of each run or request";
  return `bundle: ${printable(guest)}, ${files} files in ${formatSize(bytes)}, ${written}`;
}

function artifactLines(claims: ArtifactClaims | string): string[] {
  if (typeof claims === "string") return [`artifact: its section cannot be read: ${claims}`];
  const { passes, input, memories, resettable, notResettable, injected, injectedFunctions } =
    claims;
  const counts = (of: Readonly<Record<string, number>>) =>
    Object.entries(of).filter(([, count]) => count > 0).map(([what, count]) => `${what} ${count}`)
      .join(", ") || "nothing";
  return [
    `artifact: ${
      passes.length === 0 ? "no passes" : passes.join(", ")
    } (as it says; \`skerry verify\` proves it)`,
    `made from: ${formatSize(input.bytes)}, SHA-256 ${input.sha256}`,
    `injected: ${counts(injected)}`,
    `injected functions: ${counts(injectedFunctions)}`,
    ...memories.map((mode, index) => `reset of memory ${index}: ${mode}`),
    resettable ? "reset: possible" : "reset: not possible",
    ...notResettable.map((reason) => `  because ${reason}`),
  ];
}

function titled(title: string, rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? "" : `\n${title}\n${table(rows.map((row) => ["", ...row]))}`;
}
