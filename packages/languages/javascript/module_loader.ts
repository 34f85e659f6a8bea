/** How `import` finds modules when a program is built: the project's files and the prelude's modules. */

import { decodeUtf8 } from "@skerry/base";
import { error, place, type SourceDiagnostic, type Sources } from "../outcome.ts";
import { resolvePath } from "../paths.ts";
import { prelude, preludeScheme } from "./prelude.ts";

/** The module that starts the program; it alone may import both the prelude's modules and the project's. */
export const startModule = `${preludeScheme}start`;

/** The module by which a program calls Skerry beyond WASI. */
const skerryModule = "skerry";

/** The two functions that QuickJS asks, and the faults that they met (the engine keeps only a message). */
export interface ModuleLoader {
  readonly normalize: (importer: string, specifier: string) => string;
  readonly load: (name: string) => string;
  readonly faults: SourceDiagnostic[];
  /** Whether the program imports what needs more than WASI; known once all of it is loaded. */
  readonly usesHostcalls: () => boolean;
}

/** A loader for one build. */
export function moduleLoader(sources: Sources): ModuleLoader {
  const faults: SourceDiagnostic[] = [];
  let usesHostcalls = false;
  const refuse = (importer: string, specifier: string, why: string): never => {
    const message = `cannot import "${specifier}": ${why}`;
    faults.push({ ...error(message, importer), ...placeOf(specifier, sources.get(importer)) });
    throw new Error(message);
  };
  return {
    faults,
    usesHostcalls: () => usesHostcalls,
    normalize(importer, specifier) {
      if (importer === startModule) return specifier;
      if (importer.startsWith(preludeScheme)) {
        return preludeScheme + specifier.replace(/^\.\//, "");
      }
      if (specifier === skerryModule) {
        usesHostcalls = true;
        return `${preludeScheme}skerry.js`;
      }
      if (!/^\.{1,2}\//.test(specifier)) {
        return refuse(importer, specifier, "only files of the project, as ./name.js, and skerry");
      }
      const path = resolvePath(importer, specifier);
      if (path === undefined || !sources.has(path)) {
        return refuse(importer, specifier, "there is no such source file");
      }
      return path;
    },
    load(name) {
      if (name.startsWith(preludeScheme)) {
        return prelude.get(name.slice(preludeScheme.length)) ?? "";
      }
      return decodeUtf8(sources.get(name) ?? new Uint8Array());
    },
  };
}

/** Where a specifier first stands in quotes: the engine does not say from which line it asks. */
function placeOf(specifier: string, source: Uint8Array | undefined): ReturnType<typeof place> {
  const before = ['"', "'"].flatMap((quote) => {
    const [head, ...rest] = decodeUtf8(source ?? new Uint8Array()).split(
      `${quote}${specifier}${quote}`,
    );
    return head === undefined || rest.length === 0 ? [] : [head];
  }).sort((left, right) => left.length - right.length)[0];
  const lines = before?.split("\n");
  return place(lines?.length, (lines?.at(-1)?.length ?? 0) + 1);
}
