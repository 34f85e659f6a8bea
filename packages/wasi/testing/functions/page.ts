/** docs/wasi.md: what users should know of preview 1 here, and the table of functions and tests. */

import { wasiLimits } from "../../limits.ts";
import { shownBy } from "./case.ts";
import { allCases, type Case } from "./cases.ts";
import { declared, type FunctionName, functionNames } from "./interface.ts";

/** The page as Markdown. */
export function wasiPage(introduction: string): string {
  const cases = allCases();
  const sections = functionNames.map((name) =>
    section(name, cases.filter((one) => one.name === name))
  );
  return `${introduction.trimEnd()}

## Bounds

| bound | default | beyond it |
| --- | --- | --- |
${
    Object.entries(bounds).map(([bound, beyond]) => boundRow(bound as keyof typeof bounds, beyond))
      .join("\n")
  }

## The functions

${overview(cases)}

${sections.join("\n\n")}
`;
}

/** The bounds of \`WasiLimits\`, and what is told beyond each. */
const bounds: Readonly<Record<keyof typeof wasiLimits, string>> = {
  descriptorsMax: "EMFILE",
  pathBytesMax: "ENAMETOOLONG",
  buffersMax: "EINVAL",
  transferBytesMax: "a short read or write",
  writtenBytesMax: "EDQUOT",
  madeNamesMax: "EDQUOT",
  subscriptionsMax: "EINVAL",
  listedEntriesMax: "ENOMEM",
};

function boundRow(bound: keyof typeof bounds, beyond: string): string {
  return `| \`${bound}\` | ${wasiLimits[bound].toLocaleString("en")} | ${beyond} |`;
}

function overview(cases: readonly Case[]): string {
  const rows = functionNames.map((name) => {
    const titles = cases.filter((one) => one.name === name).map(({ title }) => shownBy(title));
    const count = (...shown: string[]) => titles.filter((one) => shown.includes(one)).length;
    const { errors } = declared[name];
    return `| [\`${name}\`](#${name}) | ${count("success")} | ${errors.join(", ") || "none"} | ${
      count("bounds", "EFAULT")
    } |`;
  });
  return `${functionNames.length} functions, ${cases.length} tests.

| function | tests of success | errors, each with its tests | tests of bounds |
| --- | --- | --- | --- |
${rows.join("\n")}`;
}

function section(name: FunctionName, cases: readonly Case[]): string {
  const order = ["success", ...declared[name].errors, "bounds"];
  const rows = order.flatMap((shown) =>
    cases.filter(({ title }) => shownBy(title) === shown).map(({ title }) =>
      `| ${shown} | ${title.slice(shown.length + 2).replaceAll("|", "\\|")} |`
    )
  );
  return `### ${name}\n\n| shows | test \`${name}: …\` |\n| --- | --- |\n${rows.join("\n")}`;
}
