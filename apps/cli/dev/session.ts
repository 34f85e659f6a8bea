/**
 * `skerry dev`: one thread serves, another builds, and this one has the files watched and tells each what to do.
 *
 * A target goes round one circle: changed → looked at, built and compiled → swapped in. A change that comes
 * meanwhile is looked at in the next round, so that what is served in the end is what the files say.
 */

import { printable } from "@skerry/base";
import { untilAskedToStop } from "@skerry/platform";
import { exitCode } from "../exit_code.ts";
import { note, printableLines } from "../output.ts";
import type { ServePlan } from "../serving.ts";
import { drainMs, SilenceWatch } from "../silence_watch.ts";
import type {
  DevServeNews,
  DevServeOrder,
  LogStyle,
  PreparedTarget,
  PrepareNews,
  PrepareOrder,
} from "./messages.ts";
import { startBuildThread, startServeThread, type Thread } from "./threads.ts";
import { TargetWatch } from "./target_watch.ts";

/** A target on its way round. */
interface TargetState {
  name: string;
  readonly watch: TargetWatch;
  prepared: PreparedTarget | undefined;
  /** When it changed, where that has not been looked at. */
  changedMs: number | undefined;
  /** The round that is under way, and what it has come to. */
  round: { readonly sinceMs: number; steps: string[] } | undefined;
  isBroken: boolean;
}

/** What is served while it is edited, and where: of each request there is a line. */
type DevPlan = Omit<ServePlan, "log">;

/** Serves until it is asked to stop; the exit code. */
export async function serveWhileEditing(plan: DevPlan, style: LogStyle): Promise<number> {
  return await new Promise((resolve, reject) => new Session(plan, style, resolve, reject));
}

class Session {
  readonly #plan: DevPlan;
  readonly #style: LogStyle;
  readonly #end: (code: number) => void;
  readonly #silence: SilenceWatch;
  readonly #builder: Thread<PrepareOrder>;
  readonly #server: Thread<DevServeOrder>;
  readonly #targets: readonly TargetState[];
  #phase: "preparing" | "starting" | "serving" | "stopping" = "preparing";
  /** With which code it ends once it has stopped. */
  #endCode: number = exitCode.success;

  constructor(
    plan: DevPlan,
    style: LogStyle,
    end: (code: number) => void,
    fail: (error: Error) => void,
  ) {
    this.#plan = plan;
    this.#style = style;
    this.#end = end;
    this.#silence = new SilenceWatch(end);
    this.#builder = startBuildThread((news) => this.#onPrepared(news), fail);
    this.#server = startServeThread((news) => this.#onServing(news), fail);
    this.#targets = plan.targets.map((target, index) => this.#newTarget(target, index));
    const { targets, settings } = plan;
    note(`Building ${printable(targets.join(", "), 1000)} …`);
    this.#builder.tell({ kind: "start", targets, settings });
    void untilAskedToStop().then(() => {
      if (this.#phase === "preparing" || this.#phase === "starting") return end(exitCode.success);
      note("\nStopping: requests that are under way may end.");
      this.#stop(exitCode.success);
    });
  }

  #newTarget(target: string, index: number): TargetState {
    const watch = new TargetWatch((sinceMs) => {
      state.changedMs ??= sinceMs;
      this.#next(state, index);
    });
    const state: TargetState = {
      name: printable(target),
      watch,
      prepared: undefined,
      changedMs: undefined,
      round: undefined,
      isBroken: false,
    };
    return state;
  }

  /** Begins another round where there is a reason to, and none is under way. */
  #next(state: TargetState, target: number): void {
    const { changedMs } = state;
    if (this.#phase !== "serving" || state.round !== undefined || changedMs === undefined) return;
    state.changedMs = undefined;
    state.round = { sinceMs: changedMs, steps: [] };
    this.#builder.tell({ kind: "prepare", target });
  }

  #onPrepared(news: PrepareNews): void {
    const state = this.#targets[news.target];
    if (state === undefined) return;
    state.watch.set(news.watch);
    switch (news.kind) {
      case "same":
        return this.#roundOver(state, news.target);
      case "failed":
        note(news.text);
        if (this.#phase === "preparing") return this.#end(news.code);
        return this.#keepsServing(state, news.target);
      case "prepared":
        return this.#swapIn(state, news);
    }
  }

  #swapIn(state: TargetState, news: PrepareNews & { readonly kind: "prepared" }): void {
    const { prepared, target, buildMs, loadMs, warnings } = news;
    for (const warning of warnings) note(printableLines(warning));
    state.prepared = prepared;
    state.name = printable(prepared.service.name);
    const built = buildMs === undefined ? [] : [`built in ${whole(buildMs)}`];
    const loaded = loadMs === undefined ? [] : [`compiled in ${whole(loadMs)}`];
    if (state.round !== undefined) {
      state.round.steps = [...built, ...loaded];
      return this.#server.tell({ kind: "swap", target, prepared });
    }
    note(`  ${state.name}: ${[...built, ...loaded].join(", ")}`);
    const targets = this.#targets.flatMap(({ prepared: found }) => found ?? []);
    if (targets.length < this.#targets.length) return;
    this.#phase = "starting";
    const { address } = this.#plan;
    this.#server.tell({ kind: "start", targets, address, style: this.#style });
  }

  #onServing(news: DevServeNews): void {
    if (news.kind === "ended") return this.#end(news.code === 0 ? this.#endCode : news.code);
    this.#silence.heard("wallMsMax" in news ? news.wallMsMax : undefined);
    const target = "target" in news ? news.target : -1;
    const state = this.#targets[target];
    switch (news.kind) {
      case "alive":
        return;
      case "serving":
        this.#phase = "serving";
        note("What is edited is built and swapped in.");
        return this.#targets.forEach((each, index) => this.#next(each, index));
      case "swapped":
        for (const index of news.others) this.#mended(this.#targets[index]);
        return state && this.#swapped(state, target, news.swapMs);
      case "refused":
        note(news.text);
        return state && this.#keepsServing(state, target);
      case "needs permission":
        note(`${state?.name}: to hand over a directory, the server starts again`);
        return this.#stop(exitCode.startAgain);
    }
  }

  #swapped(state: TargetState, target: number, swapMs: number): void {
    const { sinceMs, steps } = state.round ?? { sinceMs: 0, steps: [] };
    const all = [...steps, `swapped in ${whole(swapMs)}`].join(", ");
    const word = state.isBroken ? "mended" : "changed";
    const tookMs = performance.now() - sinceMs;
    note(`${state.name}: ${word}; the new version serves after ${whole(tookMs)} (${all})`);
    state.isBroken = false;
    this.#roundOver(state, target);
  }

  /** What was refused goes together with the others now. */
  #mended(state: TargetState | undefined): void {
    if (state === undefined) return;
    note(`${state.name}: mended; the new version serves`);
    state.isBroken = false;
  }

  #keepsServing(state: TargetState, target: number): void {
    note(`${state.name}: the last good version goes on serving`);
    state.isBroken = true;
    this.#roundOver(state, target);
  }

  #roundOver(state: TargetState, target: number): void {
    state.round = undefined;
    this.#next(state, target);
  }

  #stop(code: number): void {
    this.#phase = "stopping";
    this.#endCode = code;
    this.#silence.stopping(code);
    for (const { watch } of this.#targets) watch.close();
    this.#server.tell({ kind: "stop", drainMs });
  }
}

function whole(ms: number): string {
  return `${Math.max(1, Math.round(ms))} ms`;
}
