/** `skerry inspect`: what a module is made of. */

import { formatSize, printable } from "@skerry/base";
import { printText } from "@skerry/languages";
import { Command, Option } from "commander";
import { inspectModule, type ModuleReport } from "../inspect_module.ts";
import { readModule } from "../load.ts";
import { type Format, printData, printLine, table } from "../output.ts";

/** The verb. */
export function inspectCommand(): Command {
  return new Command("inspect")
    .summary("show what a module is made of")
    .description("Shows a module's sections, imports, exports, memories, features and sizes.")
    .argument("<module>", "a .wasm file, or - for standard input")
    .addOption(new Option("--wat", "print the module as text instead").conflicts("format"))
    .addOption(
      new Option("--format <format>", "how to print it").choices(["text", "json"]).default("text"),
    )
    .action(async (path: string, { wat, format }: { wat?: true; format: Format }) => {
      const bytes = await readModule(path);
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

function titled(title: string, rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? "" : `\n${title}\n${table(rows.map((row) => ["", ...row]))}`;
}
