/** A build as the builder of each language sees it. */

import type { Sources } from "./outcome.ts";

/** What a language's builder is given: the options with every default filled in. */
export interface BuildPlan {
  readonly sources: Sources;
  readonly entry: string;
  readonly flags: readonly string[];
  readonly optimize: "speed" | "size" | "debug" | "quick";
}
