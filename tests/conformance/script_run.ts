/** Runs the commands of a script on one engine, and tells what came of each. */

import type { Engine } from "./engine.ts";
import { act } from "./act.ts";
import type { ExactCalls } from "./exact_calls.ts";
import { type Ending, endingOf, type Observation } from "./observation.ts";
import type { Script, ScriptModule } from "./script.ts";
import { type ScriptInstance, ScriptInstances } from "./script_instances.ts";
import type { SpectestMaker } from "./spectest.ts";
import type { Action, Command } from "./wast_command.ts";

/** What runs of scripts share. */
export interface Bench {
  readonly calls: ExactCalls;
  readonly spectest: SpectestMaker;
}

/** A run that is over. */
export interface FinishedRun {
  /** One for each command. */
  readonly observations: readonly Observation[];
  readonly instances: ScriptInstances;
  readonly log: PrintLog;
}

/** What the host's functions were called with since the command at hand began. */
export class PrintLog {
  lines: string[] = [];
}

/** Instances of an earlier run that take the place of new ones, by the index of the command. */
export type Reused = ReadonlyMap<number, ScriptInstance>;

/**
 * Runs a script from its first command to its last.
 *
 * @param log that of the earlier run, whose host functions the reused instances call
 */
export async function runScript(
  script: Script,
  engine: Engine,
  bench: Bench,
  reused: Reused = new Map(),
  log: PrintLog = new PrintLog(),
): Promise<FinishedRun> {
  const run = new ScriptRun(script, engine, bench, reused, log);
  const observations: Observation[] = [];
  for (const [index, command] of script.commands.entries()) {
    observations.push(await run.observe(index, command));
  }
  return { observations, instances: run.instances, log };
}

const returned: Ending = { kind: "returned", values: [] };

class ScriptRun {
  readonly instances: ScriptInstances;
  readonly #script: Script;
  readonly #engine: Engine;
  readonly #bench: Bench;
  readonly #reused: Reused;
  readonly #definitions = new Map<string | undefined, ScriptModule>();
  readonly #log: PrintLog;

  constructor(script: Script, engine: Engine, bench: Bench, reused: Reused, log: PrintLog) {
    this.#script = script;
    this.#engine = engine;
    this.#bench = bench;
    this.#reused = reused;
    this.#log = log;
    this.instances = new ScriptInstances(bench.spectest((line) => log.lines.push(line)));
  }

  async observe(index: number, command: Command): Promise<Observation> {
    this.#log.lines = [];
    const ending = await this.#run(index, command);
    return { ending, printed: this.#log.lines };
  }

  async #run(index: number, command: Command): Promise<Ending> {
    switch (command.kind) {
      case "module": {
        const module = this.#script.modules.get(index);
        if (!command.instantiated) return await this.#define(command.name, module);
        return await this.#make(index, command.name, module);
      }
      case "instance":
        return await this.#make(index, command.name, this.#definitions.get(command.definition));
      case "refusal": {
        const module = this.#script.modules.get(index);
        return module === undefined
          ? notAssembled
          : (await this.#instantiate(index, module)).ending;
      }
      case "register": {
        const instance = this.instances.find(command.module);
        if (instance === undefined) return noInstance;
        this.instances.register(command.as, instance);
        return returned;
      }
      case "unknown":
        return { kind: "idle", reason: command.reason };
      default:
        return this.#act(command.action);
    }
  }

  #act(action: Action): Ending {
    const instance = this.instances.find(action.module);
    if (instance === undefined) return noInstance;
    return act(action, instance, this.#bench.calls, this.#script.literals);
  }

  async #define(name: string | undefined, module: ScriptModule | undefined): Promise<Ending> {
    if (module === undefined) return notAssembled;
    try {
      await this.#engine.compile(module.bytes);
    } catch (error) {
      return endingOf(error);
    }
    this.#definitions.set(name, module).set(undefined, module);
    return returned;
  }

  async #make(
    index: number,
    name: string | undefined,
    module: ScriptModule | undefined,
  ): Promise<Ending> {
    const { ending, instance } = module === undefined
      ? { ending: notAssembled, instance: undefined }
      : await this.#instantiate(index, module);
    this.instances.define(name, instance);
    return ending;
  }

  async #instantiate(
    command: number,
    script: ScriptModule,
  ): Promise<{ readonly ending: Ending; readonly instance: ScriptInstance | undefined }> {
    const links = this.instances.link(script.decoded);
    const earlier = this.#reused.get(command);
    if (earlier !== undefined) {
      return { ending: { kind: "idle", reason: "reset" }, instance: { ...earlier, ...links } };
    }
    try {
      const running = await this.#engine.instantiate(script.bytes, this.instances.imports());
      return { ending: returned, instance: { command, script, running, ...links } };
    } catch (error) {
      return { ending: endingOf(error), instance: undefined };
    }
  }
}

const notAssembled: Ending = { kind: "idle", reason: "its module could not be assembled" };
const noInstance: Ending = { kind: "idle", reason: "its module was not instantiated" };
