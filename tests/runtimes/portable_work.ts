/** A job for every runtime: takes modules apart, puts them together again, and says what it saw. */

import { bytesEqual } from "@skerry/base";
import {
  decodeModule,
  encodeModule,
  listSections,
  usedFeatures,
  type WasmModule,
} from "@skerry/wasm";
import type { JobInput } from "./job.ts";

/** What is said of one module. */
export interface ModuleReport {
  readonly bytes: number;
  readonly sections: number;
  readonly features: readonly string[];
  /** Whether the bytes came back as they were. */
  readonly same: boolean;
  /** Whether they do from then on. */
  readonly stable: boolean;
  /** SHA-256 of a module that was changed on the way, in hexadecimal digits. */
  readonly changed: string;
}

/** Reports on each of the files, by its name. */
export async function run({ files }: JobInput): Promise<Record<string, ModuleReport>> {
  const reports: Record<string, ModuleReport> = {};
  for (const [name, bytes] of Object.entries(files)) reports[name] = await reportOn(bytes);
  return reports;
}

async function reportOn(bytes: Uint8Array<ArrayBuffer>): Promise<ModuleReport> {
  const module = decode(bytes);
  const encoded = encodeModule(module);
  const changed = encodeModule({ ...module, exports: [], start: undefined });
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", changed));
  return {
    bytes: bytes.length,
    sections: listSections(module).length,
    features: [...usedFeatures(module)].sort(),
    same: bytesEqual(encoded, bytes),
    stable: bytesEqual(encodeModule(decode(encoded)), encoded),
    changed: [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
  };
}

function decode(bytes: Uint8Array): WasmModule {
  const decoded = decodeModule(bytes);
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  return decoded.value;
}
