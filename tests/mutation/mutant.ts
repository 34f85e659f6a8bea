/** What a mutation changes of an artifact, and the artifact that comes of it. */

import { sha256 } from "@skerry/base";
import { ByteWriter, type Code, encodeModule, rangeOf, type WasmModule } from "@skerry/wasm";
import type { ArtifactSection } from "../../packages/compiler/testing/artifact_section.ts";
import type { Property } from "@skerry/verifier";
import type { Random } from "../differential/random.ts";
import type { ArtifactView } from "./artifact_view.ts";
import { type Body, encodeRuns } from "./body.ts";
import { writeArtifactSection } from "./write_section.ts";

/** A kind of change. */
export interface Mutation {
  /** What is done. */
  readonly name: string;
  /** What the verifier may say is broken. */
  readonly breaks: readonly Property[];
  /** Whether only who has the module can see it. */
  readonly withInput?: boolean;
  /** One place by chance; undefined where the artifact has none. */
  apply(view: ArtifactView, random: Random): Mutant | undefined;
}

/** What one change replaces. */
export interface Mutant {
  /** Where, for people. */
  readonly place: string;
  readonly bodies?: ReadonlyMap<number, Body>;
  readonly module?: Partial<WasmModule>;
  readonly section?: Partial<ArtifactSection>;
  /** Edits the section's bytes: `skerry.offsets` or `skerry`, without its digest. */
  readonly offsetsBytes?: (bytes: Uint8Array) => Uint8Array;
  readonly sectionBytes?: (bytes: Uint8Array) => Uint8Array;
  /** Edits the whole file after it got its digest. */
  readonly fileBytes?: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;
  /** The name of the rule by which nothing is broken, where the mutant is let through: found by looking. */
  readonly equivalent?: () => string | undefined;
}

/** A mutant of one body. */
export function bodyMutant(
  view: ArtifactView,
  index: number,
  body: Body,
  at: number,
  equivalent?: () => string | undefined,
): Mutant {
  const name = index + view.spaces.importedFunctions;
  return {
    place: `function ${name}, byte ${at}`,
    bodies: new Map([[index, body]]),
    ...(equivalent === undefined ? {} : { equivalent }),
  };
}

/** The file: sizes, digest and all. */
export async function buildMutant(
  view: ArtifactView,
  mutant: Mutant,
): Promise<Uint8Array<ArrayBuffer>> {
  const { bodies = new Map<number, Body>(), offsetsBytes, sectionBytes, fileBytes } = mutant;
  const module = { ...view.module, code: codeWith(view, bodies), ...mutant.module };
  const offsets = offsetsOf(view, bodies);
  const section = writeArtifactSection({ ...view.section, ...mutant.section });
  const contents = new Map([
    ["skerry.offsets", offsetsBytes?.(offsets) ?? offsets],
    ["skerry", withRoomForDigest(sectionBytes?.(section) ?? section)],
  ]);
  const customs = module.customs.map((custom) => {
    const content = contents.get(custom.name);
    return content === undefined ? custom : { ...custom, content: rangeOf(content) };
  });
  const file = encodeModule({ ...module, customs });
  file.set(await sha256(file.subarray(0, file.length - 32)), file.length - 32);
  return fileBytes?.(file) ?? file;
}

function withRoomForDigest(section: Uint8Array): Uint8Array {
  const content = new Uint8Array(section.length + 32);
  content.set(section);
  return content;
}

/** The code with some bodies replaced: the new ones stand after all that was there. */
function codeWith({ module: { code } }: ArtifactView, bodies: ReadonlyMap<number, Body>): Code {
  if (bodies.size === 0) return code;
  const writer = new ByteWriter(code.bytes.length + 4096).raw(code.bytes);
  const starts = code.starts.slice();
  const ends = code.ends.slice();
  for (const [index, { bytes }] of bodies) {
    starts[index] = writer.length;
    writer.raw(bytes);
    ends[index] = writer.length;
  }
  return { bytes: writer.toBytes(), starts, ends };
}

function offsetsOf(view: ArtifactView, bodies: ReadonlyMap<number, Body>): Uint8Array {
  const writer = new ByteWriter(view.module.bytes.length);
  let start = 0;
  for (let index = 0; index < view.guestBodies; index += 1) {
    const edited = bodies.get(index);
    const body = edited ?? view.body(index);
    writer.s33(body.start - start);
    writer.raw(edited === undefined ? view.encodedRuns(index) : encodeRuns(edited));
    start = body.start;
  }
  return writer.toBytes();
}
