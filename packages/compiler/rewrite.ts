/**
 * Rewrites the bodies of a module, callees before their callers: each in one walk (body_walk.ts).
 */

import type { ByteWriter, WasmModule } from "@skerry/wasm";
import { BodyOutput } from "./body_output.ts";
import { BodyWalk } from "./body_walk.ts";
import { BranchHints } from "./branch_hints.ts";
import { freeUnitsMax, recursiveUnitsMax } from "./constants.ts";
import type { Entities } from "./entities.ts";
import type { Policy, RewriteCounts } from "./options.ts";
import type { Plan } from "./plan.ts";
import type { Survey } from "./survey.ts";

/** Functions that are told of. */
const problemsMax = 16;
const engineFunctionBytesMax = 7_654_321;
/**
 * A function with more calls, of which some may lead back to it, pays at one place for all of them, instead of
 * before the first such call of each path. So it may be called by who has not paid.
 */
const lazyCallsMax = 4;

/** Rewrites the bodies of one module, one by one. */
export class Rewriter {
  readonly output: BodyOutput;
  readonly hints: BranchHints;
  readonly counts: RewriteCounts = {
    loopChecks: 0,
    charges: 0,
    freeFunctions: 0,
    stores: 0,
    marks: 0,
    elidedMarks: 0,
    replaced: 0,
  };
  /** Functions that exceed a bound. */
  readonly problems: { readonly body: number; readonly message: string }[] = [];
  readonly #policy: Policy;
  readonly #module: WasmModule;
  readonly #found: Survey;
  readonly #importedFunctions: number;
  readonly #preempt: boolean;
  /** What a call of each function costs beside what it pays itself; of those that are done. */
  readonly #free: Uint16Array;
  /** Functions that are done, and imports. */
  readonly #done: Uint8Array;
  /** Functions that may be called before the caller has paid: those, and what pays for all that it calls. */
  readonly #callable: Uint8Array;
  /** Bodies that pay at one place for all that they call outside of loops. */
  readonly #paysForAll: Uint8Array;
  /** Functions that were called before they were done. */
  readonly #early: Uint8Array;
  readonly #walk: BodyWalk;

  constructor(
    module: WasmModule,
    plan: Plan,
    entities: Entities,
    policy: Policy,
    found: Survey,
    circular: Uint8Array,
  ) {
    const { code } = module;
    const { importedFunctions, functions } = plan.spaces;
    this.#module = module;
    this.#policy = policy;
    this.#found = found;
    this.#importedFunctions = importedFunctions;
    this.#preempt = plan.passes.preempt;
    const codeBytes = code.ends.reduce((sum, end, body) => sum + end - (code.starts[body] ?? 0), 0);
    this.output = new BodyOutput(code.bytes, Math.ceil(codeBytes * 1.4) + 64 * code.starts.length);
    this.hints = new BranchHints(module);
    this.#free = new Uint16Array(functions.length);
    this.#callable = new Uint8Array(functions.length).fill(1, 0, importedFunctions);
    this.#done = this.#callable.slice();
    this.#paysForAll = found.calls.map((calls, body) => {
      const pays = calls > lazyCallsMax &&
        (circular[body] === 1 || found.indirectCalls[body] === 1);
      if (pays) this.#callable[importedFunctions + body] = 1;
      return pays ? 1 : 0;
    });
    this.#early = new Uint8Array(functions.length);
    this.#walk = new BodyWalk({
      module,
      plan,
      entities,
      output: this.output,
      hints: this.hints,
      counts: this.counts,
      free: this.#free,
      callable: this.#callable,
      done: this.#done,
      early: this.#early,
    });
  }

  /**
   * Rewrites one body.
   *
   * @param offsets where its part of the offset map goes
   * @returns where the new body starts in the output; it ends at the output's position
   */
  rewrite(body: number, offsets: ByteWriter): number {
    const walk = this.#walk;
    const start = this.#module.code.starts[body] ?? 0;
    const { charges } = this.counts;
    this.hints.begin(body, start);
    const freeMax = this.#isRecursive(body) ? recursiveUnitsMax : freeUnitsMax;
    const payPlace = this.#paysForAll[body] === 1 ? this.#found.payPlaces[body] : undefined;
    const { firstLoops, lastLoops } = this.#found;
    walk.walk(body, firstLoops[body] ?? 0, lastLoops[body] ?? 0, freeMax, payPlace);
    if (this.counts.charges === charges) this.counts.freeFunctions += 1;
    this.#checkBounds(body);
    const newStart = this.output.end(walk.locals.header());
    this.hints.end(newStart);
    this.output.writeRuns(offsets, newStart, start);
    const functionIndex = this.#importedFunctions + body;
    this.#free[functionIndex] = this.#preempt ? walk.control.freeCost : 0;
    this.#callable[functionIndex] = 1;
    this.#done[functionIndex] = 1;
    return newStart;
  }

  /** Whether a function was called before it was done, or calls itself. */
  #isRecursive(body: number): boolean {
    const functionIndex = this.#importedFunctions + body;
    if (this.#early[functionIndex] === 1) return true;
    const { callees, calleeStarts } = this.#found;
    for (let at = calleeStarts[body] ?? 0; at < (calleeStarts[body + 1] ?? 0); at += 1) {
      if (callees[at] === functionIndex) return true;
    }
    return false;
  }

  #checkBounds(body: number): void {
    const { functionLocalsMax, nestingMax } = this.#policy;
    const say = (message: string) => {
      if (this.problems.length < problemsMax) this.problems.push({ body, message });
    };
    if (this.#walk.locals.count > functionLocalsMax) {
      say(`has more than ${functionLocalsMax} locals, with those that are added`);
    }
    if (this.#walk.control.depthMax > nestingMax) {
      say(`nests its blocks more than ${nestingMax} deep`);
    }
    if (this.output.bodyBytes > engineFunctionBytesMax) {
      say("becomes larger than the engine's limit of 7654321 bytes");
    }
  }
}
