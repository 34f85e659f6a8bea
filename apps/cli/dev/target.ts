/**
 * One target of `skerry dev`, as the thread that builds has it. The module and the program that were made last are
 * kept: only what differs is made again.
 */

import { bug } from "@skerry/base";
import type { Program } from "@skerry/sandbox";
import type { Bundle } from "@skerry/wasi";
import { compileProject } from "../build_project.ts";
import { failureCode } from "../failure_code.ts";
import { errorText } from "../output.ts";
import { loadParts, planTarget, type ServeSettings, type TargetPlan } from "../services.ts";
import { type Inputs, keyOf, readInputs } from "./inputs.ts";
import type { PreparedTarget, PrepareNews } from "./messages.ts";
import { watchListOf } from "./watch_list.ts";

/** The program of certain inputs. */
interface Compiled {
  readonly key: string;
  readonly program: Program;
  readonly bundles: readonly Bundle[];
  readonly number: number;
}

/** What a look at a target's files comes to, but for where they are. */
type Made = WithoutPlace<PrepareNews>;

type WithoutPlace<News> = News extends unknown ? Omit<News, "target" | "watch"> : never;

/** A target, and what was made of it last. */
export class Target {
  readonly #index: number;
  readonly #target: string;
  readonly #settings: ServeSettings;
  /** The key of what was seen last, or why it could not be read. */
  #seen: string | undefined;
  #module: { readonly key: string; readonly wasm: Uint8Array<ArrayBuffer> } | undefined;
  #compiled: Compiled | undefined;
  /** What was given out last, where nothing has failed since. */
  #given: string | undefined;

  constructor(index: number, target: string, settings: ServeSettings) {
    this.#index = index;
    this.#target = target;
    this.#settings = settings;
  }

  /** Looks at the target's files, and makes of them what has changed. Never rejects. */
  async prepare(): Promise<PrepareNews> {
    let plan: TargetPlan | undefined;
    let made: Made;
    try {
      plan = await planTarget(this.#target, this.#settings);
      made = await this.#look(await readInputs(plan));
    } catch (error) {
      const failure = this.#failed(error);
      const isNews = this.#seen !== failure.text;
      this.#seen = failure.text;
      made = isNews ? failure : { kind: "same" };
    }
    return { ...made, target: this.#index, watch: await watchListOf(this.#target, plan) };
  }

  async #look(inputs: Inputs): Promise<Made> {
    if (inputs.key === this.#seen) return { kind: "same" };
    this.#seen = inputs.key;
    return await this.#make(inputs).catch((error) => this.#failed(error));
  }

  async #make(inputs: Inputs): Promise<Made> {
    const { plan, programFacts, serviceFacts } = inputs;
    const startMs = performance.now();
    const warnings = await this.#build(inputs);
    const builtMs = performance.now();
    const programKey = keyOf([this.#wasm, programFacts]);
    const kept = this.#compiled?.key === programKey ? this.#compiled : undefined;
    const compiled = kept ?? await this.#compile(plan, programKey);
    // Files that play no part in it are among a project's, such as those that editors leave.
    const given = keyOf([programKey, serviceFacts]);
    if (given === this.#given) return { kind: "same" };
    this.#given = given;
    const { program, bundles, number } = compiled;
    const prepared: PreparedTarget = {
      prefixes: plan.prefixes,
      service: plan.service,
      bundles,
      program: program.share(),
      programNumber: number,
    };
    return {
      kind: "prepared",
      prepared,
      buildMs: warnings === undefined ? undefined : builtMs - startMs,
      loadMs: kept === undefined ? performance.now() - builtMs : undefined,
      warnings: warnings ?? [],
    };
  }

  /** What the compiler warns of; undefined where nothing had to be built. */
  async #build(
    { plan, project, module, moduleKey: key }: Inputs,
  ): Promise<readonly string[] | undefined> {
    if (module !== undefined) this.#module = { key, wasm: module };
    if (this.#module?.key === key || plan.loaded === undefined || project === undefined) return;
    const { wasm, warnings } = await compileProject(plan.loaded, project, "quick");
    this.#module = { key, wasm };
    return warnings;
  }

  async #compile({ service }: TargetPlan, key: string): Promise<Compiled> {
    const number = (this.#compiled?.number ?? 0) + 1;
    return this.#compiled = { key, number, ...await loadParts(service, this.#wasm) };
  }

  get #wasm(): Uint8Array<ArrayBuffer> {
    return this.#module?.wasm ?? bug("a program is compiled before its module is there");
  }

  #failed(error: unknown) {
    this.#given = undefined;
    return { kind: "failed", text: errorText(error), code: failureCode(error) } as const;
  }
}
