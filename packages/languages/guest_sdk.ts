/** What programs include to call Skerry beyond WASI, in the languages that need declarations. */

import assemblyScript from "./sdk/skerry.as.txt" with { type: "text" };
import cHeader from "./sdk/skerry.h" with { type: "text" };

/** Where the C and C++ compilers find our headers. */
export const headersFolder = "skerry-headers";

/** Headers by name. */
export const headers: Readonly<Record<string, string>> = { "skerry.h": cHeader };

/** The module `skerry` of AssemblyScript's library. */
export const assemblyScriptLibrary = assemblyScript;
