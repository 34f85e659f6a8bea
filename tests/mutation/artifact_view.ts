/** An artifact taken apart: its module, its section `skerry`, and each guest function with what stands in it. */

import { type IndexSpaces, indexSpaces, type WasmModule } from "@skerry/wasm";
import {
  type ArtifactSection,
  readArtifactSection,
} from "../../packages/compiler/testing/artifact_section.ts";
import { decodedModule } from "../../packages/compiler/testing/compiled.ts";
import { readOffsets } from "../../packages/compiler/testing/offsets_section.ts";
import { type Body, encodeRuns } from "./body.ts";
import { findSites, type Site } from "./sites.ts";
import { type SnippetKind, snippetPatterns } from "./snippet_patterns.ts";

/** An artifact and the module that it was made of. */
export interface Subject {
  readonly name: string;
  readonly input: Uint8Array;
  readonly artifact: Uint8Array<ArrayBuffer>;
}

/** The parts of an artifact. What takes long is done when it is asked for first. */
export class ArtifactView {
  readonly subject: Subject;
  readonly module: WasmModule;
  readonly section: ArtifactSection;
  readonly spaces: IndexSpaces;
  /** Guest functions with bodies. */
  readonly guestBodies: number;
  /** The bodies of guest functions, then those of injected ones, which have no runs. */
  readonly bodies: readonly Body[];
  readonly #patterns: [SnippetKind, RegExp][];
  readonly #sites = new Map<number, readonly Site[]>();
  readonly #runs = new Map<number, Uint8Array>();

  constructor(subject: Subject) {
    this.subject = subject;
    this.module = decodedModule(subject.artifact);
    this.section = readArtifactSection(this.module);
    this.spaces = indexSpaces(this.module);
    this.guestBodies = this.section.counts.functions - this.spaces.importedFunctions;
    const { bytes, starts, ends } = this.module.code;
    const offsets = readOffsets(this.module, this.guestBodies);
    this.bodies = Array.from(starts, (start, index): Body => ({
      bytes: bytes.subarray(start, ends[index]),
      start: offsets[index]?.start ?? 0,
      runs: (offsets[index]?.runs ?? []).map(({ artifactAt, moduleAt, length }) => ({
        at: artifactAt,
        moduleAt,
        length,
      })),
    }));
    this.#patterns = snippetPatterns(this.section);
  }

  /** Whether it says that it pays for what it runs. */
  get preempt(): boolean {
    return (this.section.passes & 1) !== 0;
  }

  /** Whether it says that it can be reset. */
  get resettable(): boolean {
    return (this.section.passes & 4) !== 0;
  }

  /** What stands in a guest function. */
  sites(body: number): readonly Site[] {
    let sites = this.#sites.get(body);
    if (sites === undefined) {
      sites = findSites(this.body(body), this.#patterns);
      this.#sites.set(body, sites);
    }
    return sites;
  }

  /** What stands in a guest function that was edited. */
  sitesOf(body: Body): readonly Site[] {
    return findSites(body, this.#patterns);
  }

  /** A body. */
  body(index: number): Body {
    const body = this.bodies[index];
    if (body === undefined) throw new Error(`there is no body ${index}`);
    return body;
  }

  /** The runs of a body that was not edited, as the section has them. */
  encodedRuns(index: number): Uint8Array {
    let runs = this.#runs.get(index);
    if (runs === undefined) {
      runs = encodeRuns(this.body(index));
      this.#runs.set(index, runs);
    }
    return runs;
  }

  /** The index of an injected function. */
  injected(kind: number, a = 0, b = 0): number | undefined {
    const { counts, functions } = this.section;
    const index = functions.findIndex((each) => each.kind === kind && each.a === a && each.b === b);
    return index < 0 ? undefined : counts.functions + index;
  }
}
