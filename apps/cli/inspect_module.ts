/** A module's parts as plain data, for `skerry inspect`. */

import { isSkerryError, printable } from "@skerry/base";
import { bundleSectionName, openBundle, readBundleSection } from "@skerry/wasi";
import {
  bytesOf,
  decodeModule,
  describeCompositeType,
  describeExternType,
  describeGlobalType,
  describeMemoryType,
  describeTableType,
  type ExternKind,
  type IndexSpaces,
  indexSpaces,
  listSections,
  usedFeatures,
} from "@skerry/wasm";
import { type ArtifactClaims, artifactClaims } from "./artifact_claims.ts";
import { withDiagnostics } from "./module_refusal.ts";

/** What is shown of a module. Sizes and offsets are bytes; types are cut where they are long. */
export interface ModuleReport {
  readonly path: string;
  readonly bytes: number;
  readonly functions: number;
  readonly features: readonly string[];
  readonly memories: readonly string[];
  readonly tables: readonly string[];
  readonly sections: readonly {
    readonly name: string;
    readonly offset: number;
    readonly bytes: number;
  }[];
  readonly imports: readonly {
    readonly module: string;
    readonly name: string;
    readonly type: string;
  }[];
  readonly exports: readonly { readonly name: string; readonly type: string }[];
  /** Files that it brings along; a text where they cannot be read. */
  readonly bundles: readonly (BundleReport | string)[];
  /** What an artifact says of itself; a text where that cannot be read; absent for an ordinary module. */
  readonly artifact?: ArtifactClaims | string;
}

/** A bundle: where it goes, and what is in it. */
export interface BundleReport {
  readonly guest: string;
  readonly mode: "cow" | "ro";
  readonly bytes: number;
  /** Files, folders and links. */
  readonly files: number;
}

/** Describes a module. Throws SKERRY_MODULE_MALFORMED where it cannot be decoded. */
export function inspectModule(path: string, bytes: Uint8Array): ModuleReport {
  const decoded = decodeModule(bytes);
  if (!decoded.ok) {
    throw withDiagnostics(
      "SKERRY_MODULE_MALFORMED",
      "no valid WebAssembly module:",
      path,
      decoded.error,
    );
  }
  const module = decoded.value;
  const spaces = indexSpaces(module);
  const describeIndexed = typeDescriber(spaces);
  const artifact = artifactClaims(module, spaces);
  return {
    path,
    bytes: bytes.length,
    functions: module.functions.length,
    features: usedFeatures(module),
    memories: spaces.memories.map(describeMemoryType),
    tables: spaces.tables.map(describeTableType),
    sections: listSections(module).map(({ name, offset, sizeBytes }) => ({
      name,
      offset,
      bytes: sizeBytes,
    })),
    imports: module.imports.map(({ module: from, name, type }) => ({
      module: from,
      name,
      type: type.kind === "function" ? describeIndexed(type.type) : describeExternType(type),
    })),
    exports: module.exports.map(({ name, kind, index }) => ({
      name,
      type: kind === "function"
        ? describeIndexed(spaces.functions[index] ?? -1)
        : describeExport(spaces, kind, index),
    })),
    bundles: module.customs.filter(({ name }) => name === bundleSectionName)
      .map(({ content }) => describeBundle(bytesOf(content))),
    ...(artifact !== undefined && { artifact }),
  };
}

function describeBundle(content: Uint8Array): BundleReport | string {
  try {
    const { guestPath: guest, mode, archive } = readBundleSection(content);
    // The top has the one inode that no name leads to.
    const files = Number(openBundle(archive).inodesMax) - 1;
    return { guest, mode, bytes: archive.length, files };
  } catch (error) {
    if (!isSkerryError(error)) throw error;
    return printable(error.message);
  }
}

function describeExport(
  spaces: IndexSpaces,
  kind: Exclude<ExternKind, "function">,
  index: number,
): string {
  const { memories, tables, globals } = spaces;
  switch (kind) {
    case "memory":
      return describeFound("memory", memories[index], describeMemoryType);
    case "table":
      return describeFound("table", tables[index], describeTableType);
    case "global":
      return describeFound("global", globals[index], describeGlobalType);
    case "tag":
      return "tag";
  }
}

/**
 * Describes functions' types by their index. The module may be invalid, and its indexes lead nowhere. A type
 * is described once and cut: a small module may name one with a thousand parts in each of many exports.
 */
function typeDescriber({ types }: IndexSpaces): (typeIndex: number) => string {
  const known = new Map<number, string>();
  return (typeIndex) => {
    const composite = types[typeIndex]?.composite;
    if (composite === undefined) return "function of no type";
    const text = known.get(typeIndex) ?? printable(describeCompositeType(composite));
    known.set(typeIndex, text);
    return text;
  };
}

function describeFound<Type>(
  kind: string,
  type: Type | undefined,
  describe: (type: Type) => string,
): string {
  return type === undefined ? `${kind} that does not exist` : `${kind} ${describe(type)}`;
}
