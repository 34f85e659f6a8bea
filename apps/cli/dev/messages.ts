/** What the threads of `skerry dev` say to each other: plain values. */

import type { ListenAddress } from "@skerry/platform";
import type { SharedProgram } from "@skerry/sandbox";
import type { Bundle } from "@skerry/wasi";
import type { ServePlan } from "../serving.ts";
import type { ServicePlan } from "../services.ts";

/** A target that was built and compiled: whoever has this can serve it without looking at a file. */
export interface PreparedTarget {
  readonly prefixes: readonly string[];
  readonly service: ServicePlan;
  readonly bundles: readonly Bundle[];
  readonly program: SharedProgram;
  /** Another number where the program is another one. */
  readonly programNumber: number;
}

/** What is looked at to see whether a target has changed. */
export interface WatchList {
  /** Folders whose entries count; none where there are none now. */
  readonly folders: readonly string[];
  /** The names that count in them, where not all do. */
  readonly names: readonly string[] | undefined;
}

/** What has become of a target. */
export type PrepareNews =
  | {
    readonly kind: "prepared";
    readonly target: number;
    readonly prepared: PreparedTarget;
    /** Undefined where nothing had to be built, or compiled. */
    readonly buildMs: number | undefined;
    readonly loadMs: number | undefined;
    readonly warnings: readonly string[];
    readonly watch: WatchList;
  }
  /** It is as it was when it was looked at last, good or bad. */
  | { readonly kind: "same"; readonly target: number; readonly watch: WatchList }
  | {
    readonly kind: "failed";
    readonly target: number;
    readonly text: string;
    readonly code: number;
    readonly watch: WatchList;
  };

/** What the thread that builds is asked for: first with all targets, then with the one that may have changed. */
export type PrepareOrder =
  | ({ readonly kind: "start" } & Pick<ServePlan, "targets" | "settings">)
  | { readonly kind: "prepare"; readonly target: number };

/** How events are printed. */
export type LogStyle = "json" | "coloured" | "plain";

/** What the thread that serves is asked for. */
export type DevServeOrder =
  | {
    readonly kind: "start";
    readonly targets: readonly PreparedTarget[];
    readonly address: ListenAddress;
    readonly style: LogStyle;
  }
  | { readonly kind: "swap"; readonly target: number; readonly prepared: PreparedTarget }
  | { readonly kind: "stop"; readonly drainMs: number };

/** What it says. */
export type DevServeNews =
  | { readonly kind: "serving"; readonly wallMsMax: number }
  | { readonly kind: "alive" }
  | {
    readonly kind: "swapped";
    readonly target: number;
    /** Others that were refused before, and fit now. */
    readonly others: readonly number[];
    readonly swapMs: number;
    readonly wallMsMax: number;
  }
  | { readonly kind: "refused"; readonly target: number; readonly text: string }
  /** It hands out directories of this machine, for which the permission was given up. */
  | { readonly kind: "needs permission"; readonly target: number }
  | { readonly kind: "ended"; readonly code: number };
