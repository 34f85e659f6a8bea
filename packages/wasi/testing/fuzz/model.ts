/**
 * What a guest's calls must do, by a second and simpler reading of preview 1.
 *
 * Arguments that are bad each for themselves give a set of errors, of which the answer must be one; what depends
 * on the files gives exactly one. A call that succeeds must leave the guest's memory as the model says, byte for
 * byte. What only the file system can know (inode numbers, times, sizes of directories, the order of a listing)
 * is taken over from its answer, after it was held against what it said before.
 */

import assert from "node:assert/strict";
import { descriptorCalls } from "./model_descriptor.ts";
import { listingCalls } from "./model_listing.ts";
import { ModelMemory } from "./model_memory.ts";
import { pathCalls } from "./model_path.ts";
import { pollCalls } from "./model_poll.ts";
import { processCalls } from "./model_process.ts";
import {
  type ModelCalls,
  type Modelled,
  type ModelMount,
  ModelState,
  type ModelTraits,
} from "./model_state.ts";
import { transferCalls } from "./model_transfer.ts";
import { Refused, resolve } from "./model_tree.ts";

/** The model of one file system's guests, one after the other. */
export class Model {
  readonly #state: ModelState;
  readonly #calls: ModelCalls;

  constructor(traits: ModelTraits) {
    const state = this.#state = new ModelState(traits);
    this.#calls = {
      ...processCalls(state),
      ...descriptorCalls(state),
      ...transferCalls(state),
      ...listingCalls(state),
      ...pathCalls(state),
      ...pollCalls(state),
    };
  }

  get descriptors() {
    return this.#state.descriptors;
  }

  /** What the guest has written to standard output and error. */
  get output(): Uint8Array {
    return this.#state.output;
  }

  /** A new guest begins, and finds what the last one left in the trees. */
  begin(mounts: readonly ModelMount[]): void {
    this.#state.begin(mounts);
  }

  /** The file systems are others now, with the same in them. */
  forgetNumbers(): void {
    this.#state.forgetNumbers();
  }

  /**
   * Holds a call's answer against what it should be, and follows it.
   *
   * @param before guest memory as it was
   * @param after guest memory as it is
   */
  follow(
    name: Modelled,
    args: readonly (number | bigint)[],
    errno: string,
    before: Uint8Array,
    after: Uint8Array,
  ): void {
    const memory = this.#state.memory = new ModelMemory(before, after);
    this.#state.reasons = [];
    let expected = "ESUCCESS";
    try {
      const effect = this.#calls[name](args as never);
      if (this.#state.reasons.length > 0) expected = "one of them";
      else effect(errno);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      expected = this.#state.reasons.length > 0 ? "one of them" : error.errno;
    }
    if (expected === "one of them") {
      assert.ok(
        this.#state.reasons.includes(errno),
        `${errno}, which is none of ${this.#state.reasons}`,
      );
    } else {
      assert.equal(errno, expected);
    }
    memory.compare();
  }

  /** Whether a path of a call leads to a directory, its last link left alone. */
  leadsToDirectory(fd: number, path: string): boolean {
    const from = this.#state.descriptors.get(fd);
    if (from?.kind !== "directory") return false;
    try {
      return resolve(from.node, path, "never").node?.kind === "directory";
    } catch {
      return false;
    }
  }
}
