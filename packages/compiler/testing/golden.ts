/**
 * Golden texts: a module in, its artifact out.
 *
 * A text may say in comments at its top what it is compiled with (`;; passes: {"preempt": false}`) and what
 * of the artifact is shown beside the module's own functions (`;; shows: memory, data`; `hints` are the
 * branch hints, `everything` is all that has a text).
 */

import { print } from "@bytecodealliance/jco-transpile/wasm-tools";
import { type CompileReport, openPolicy, type Passes } from "../options.ts";
import { readArtifactSection } from "./artifact_section.ts";
import { compiledText, decodedModule } from "./compiled.ts";
import { nameInjected } from "./name_injected.ts";

/** The golden text of a module. */
export async function goldenOf(text: string): Promise<string> {
  const passes = headerOf(text, "passes");
  const shown = headerOf(text, "shows")?.split(/,\s*/) ?? [];
  const options = passes === undefined ? {} : { passes: parsed(passes) };
  const compiled = await compiledText(text, { ...options, policy: openPolicy });
  const { artifact, report } = compiled;
  const { counts } = readArtifactSection(decodedModule(artifact));
  const printed = await print(nameInjected(artifact));
  const forms = formsOf(printed).filter((form) => isShown(form, shown, counts.functions));
  const lines = forms.join("\n").split("\n").filter((line) =>
    shown.includes("hints") || !line.includes("@metadata.code.branch_hint")
  );
  return [...notesOf(report), ...lines].join("\n") + "\n";
}

function headerOf(text: string, key: string): string | undefined {
  return new RegExp(`^;; ${key}: (.*)$`, "m").exec(text)?.[1];
}

function parsed(passes: string): Partial<Passes> {
  return JSON.parse(passes);
}

/** The module's fields; wasm-tools indents them by two spaces, and what is in them by more. */
function formsOf(printed: string): string[] {
  const lines = printed.trimEnd().split("\n").slice(1, -1);
  const forms: string[] = [];
  for (const line of lines) {
    if (line.startsWith("  (")) forms.push(line.slice(2));
    else forms.push(`${forms.pop()}\n${line.slice(2)}`);
  }
  return forms;
}

function isShown(form: string, shown: readonly string[], guestFunctions: number): boolean {
  const [, kind = "", index] = /^\((\S+)(?:.*?\(;(\d+);\))?/.exec(form) ?? [];
  if (shown.includes("everything") || shown.includes(kind)) return true;
  return kind === "func" && Number(index) < guestFunctions;
}

function notesOf({ memories, notResettable }: CompileReport): string[] {
  return [
    ...(memories.length > 0 ? [`;; memories: ${memories.join(", ")}`] : []),
    ...notResettable.map((reason) => `;; not resettable: ${reason}`),
  ];
}
