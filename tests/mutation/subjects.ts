/** The artifacts that are mutated: real programs, modules by chance, and texts for what those seldom have. */

import { compileModule, openPolicy, type Passes } from "@skerry/compiler";
import { assembleText } from "../../packages/compiler/testing/compiled.ts";
import { generateModule } from "../differential/generator/module.ts";
import { readPackageFile } from "../real_modules/real_program.ts";
import { ArtifactView } from "./artifact_view.ts";
import { coverageTexts } from "./coverage_texts.ts";

/** Compiles and takes apart. */
async function viewOf(
  name: string,
  input: Uint8Array,
  passes: Partial<Passes> = { dirty: "always" },
): Promise<ArtifactView> {
  const compiled = await compileModule(input, { passes, policy: openPolicy });
  if (!compiled.ok) throw new Error(`${name}: ${compiled.error.diagnostics[0]?.message}`);
  return new ArtifactView({ name, input, artifact: compiled.value.artifact });
}

/** The texts, with all passes and with some of them. */
export async function textSubjects(): Promise<ArtifactView[]> {
  const views: ArtifactView[] = [];
  for (const [name, text] of Object.entries(coverageTexts)) {
    const input = await assembleText(text);
    views.push(await viewOf(name, input));
    // Small memories have no barrier then.
    views.push(await viewOf(`${name}, as it is best`, input, { dirty: "auto" }));
    views.push(await viewOf(`${name}, restored whole`, input, { dirty: "never" }));
  }
  return views;
}

/** Modules by chance. */
export async function randomSubjects(count: number, seed: number): Promise<ArtifactView[]> {
  const views: ArtifactView[] = [];
  for (let step = 0; step < count; step += 1) {
    const moduleSeed = (seed + step) >>> 0;
    views.push(await viewOf(`module of seed ${moduleSeed}`, generateModule(moduleSeed)));
  }
  return views;
}

/** Real programs. */
export async function realSubjects(): Promise<ArtifactView[]> {
  return [
    await viewOf("QuickJS", await readPackageFile("quickjs-wasi/quickjs.wasm")),
    await viewOf("SQLite", await readPackageFile("sql.js/dist/sql-wasm.wasm")),
  ];
}
