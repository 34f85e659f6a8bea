/** Gives names to what an artifact has beside the module's own, so that its text can be read. */

import { bug } from "@skerry/base";
import {
  ByteReader,
  bytesOf,
  ByteWriter,
  type CustomSection,
  encodeModule,
  rangeOf,
  sectionId,
  type WasmModule,
} from "@skerry/wasm";
import { functionKind } from "../plan.ts";
import { type ArtifactSection, readArtifactSection } from "./artifact_section.ts";
import { decodedModule } from "./compiled.ts";

type Named = readonly [index: number, name: string];

const pairKinds: readonly number[] = [
  functionKind.copy,
  functionKind.init,
  functionKind.copyTable,
  functionKind.initTable,
];

/** The artifact with names in its name section (7.4.1), and without the sections that hold no text. */
export function nameInjected(artifact: Uint8Array): Uint8Array<ArrayBuffer> {
  const module = decodedModule(artifact);
  const section = readArtifactSection(module);
  const content = rangeOf(nameSection(module, section));
  const names: CustomSection = { name: "name", content, after: sectionId.data };
  const kept = module.customs.filter(({ name }) => !/^(name|skerry.*)$/.test(name));
  return encodeModule({ ...module, customs: [...kept, names] });
}

function nameSection(module: WasmModule, section: ArtifactSection): Uint8Array {
  const own = new Map<number, readonly Named[]>([
    [1, functionsOf(section)],
    [5, tablesOf(section)],
    [6, section.side === undefined ? [] : [[section.side, "side"]]],
    [7, globalsOf(section)],
    [8, section.droppedElements.map(({ segment, empty }) => [empty, `empty_${segment}`])],
    [9, dataOf(section)],
  ]);
  const given = subsections(module);
  const writer = new ByteWriter();
  for (let id = 0; id <= 11; id += 1) {
    const names = own.get(id);
    const before = given.get(id);
    if (before === undefined && (names === undefined || names.length === 0)) continue;
    writer.u8(id);
    const start = writer.beginSized();
    if (names === undefined) writer.raw(before ?? new Uint8Array(0));
    else writeNames(writer, before, names);
    writer.endSized(start);
  }
  return writer.toBytes();
}

/** Subsections of the module's own name section, by id. */
function subsections(module: WasmModule): Map<number, Uint8Array> {
  const found = new Map<number, Uint8Array>();
  const section = module.customs.find(({ name }) => name === "name");
  if (section === undefined) return found;
  const reader = new ByteReader(bytesOf(section.content));
  while (reader.offset < reader.end) {
    const id = reader.readU8();
    const size = reader.readU32();
    found.set(id, reader.bytes.subarray(reader.offset, reader.offset + size));
    reader.skip(size);
  }
  return found;
}

/** Ours have higher indexes than the module's own, so that they stand after them. */
function writeNames(writer: ByteWriter, before: Uint8Array | undefined, own: readonly Named[]) {
  const reader = new ByteReader(before ?? Uint8Array.of(0));
  const count = reader.readU32();
  writer.u32(count + own.length).raw(reader.bytes, reader.offset);
  for (const [index, name] of own) writer.u32(index).name(`skerry:${name}`);
}

function functionsOf({ counts, functions }: ArtifactSection): Named[] {
  return functions.map(({ kind, a, b }, index) => {
    const same = functions.filter((other) => other.kind === kind);
    const about = pairKinds.includes(kind) ? `_${a}_${b}` : isOneOfAKind(kind) ? "" : `_${a}`;
    if (about === "" && same.length > 1) bug(`function ${index} is there twice`);
    return [counts.functions + index, nameOf(kind) + about];
  });
}

/** Whether a kind is about nothing in particular. */
function isOneOfAKind(kind: number): boolean {
  return !/^(mark|grow|fill|restore|sweep)/.test(nameOf(kind));
}

/** Such as `charge_length`. */
function nameOf(kind: number): string {
  const found = Object.entries(functionKind).find(([, number]) => number === kind);
  return found?.[0].replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) ??
    bug(`there is no kind ${kind}`);
}

function tablesOf({ hooks, tables }: ArtifactSection): Named[] {
  const named: Named[] = hooks === undefined ? [] : [[hooks, "hooks"]];
  tables.forEach(({ snapshot }, table) => {
    if (snapshot !== undefined) named.push([snapshot, `snapshot_${table}`]);
  });
  return named;
}

function globalsOf(section: ArtifactSection): Named[] {
  const named: (readonly [number | undefined, string])[] = [
    [section.fuel, "fuel"],
    [section.id, "id"],
    [section.discard, "discard"],
    ...section.memories.map(({ hidden }, memory) => [hidden, `hidden_${memory}`] as const),
    ...section.tables.map(({ changed }, table) => [changed, `changed_${table}`] as const),
    ...section.droppedData.map(({ segment, flag }) => [flag, `dropped_data_${segment}`] as const),
    ...section.droppedElements.map(({ segment, flag }) =>
      [flag, `dropped_elem_${segment}`] as const
    ),
  ];
  return named.flatMap(([index, name]) => index === undefined ? [] : [[index, name] as const]);
}

function dataOf({ images, emptyData }: ArtifactSection): Named[] {
  const named: Named[] = images.map(({ memory, segment }, index) => [
    segment,
    `image_${memory}_${index}`,
  ]);
  if (emptyData !== undefined) named.push([emptyData, "empty"]);
  return named;
}
