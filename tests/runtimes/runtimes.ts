/** The runtimes that Skerry's portable sources are to behave the same on. */

import type { RunJob } from "./job.ts";
import { runInChromium } from "./chromium.ts";
import { runOnDeno, runOnNode } from "./local_runtimes.ts";
import { findChromium, findNode } from "./tools.ts";

/** One runtime. */
export interface Runtime {
  readonly name: string;
  /** Why it cannot be asked; undefined where it can. */
  readonly missing: string | undefined;
  readonly run: RunJob;
}

const remedy = "`node scripts/install_test_tools.mjs` installs it where it can";

/** All of them, whether or not they are there. */
export async function runtimes(): Promise<readonly Runtime[]> {
  const [node, chromium] = await Promise.all([findNode(), findChromium()]);
  const absent = (name: string, found: string | undefined) =>
    found === undefined ? `there is no ${name}; ${remedy}` : undefined;
  return [
    { name: "Deno", missing: undefined, run: runOnDeno },
    {
      name: "Node 26",
      missing: absent("Node 26", node),
      run: (job) => runOnNode(node ?? "", job),
    },
    {
      name: "Chromium",
      missing: absent("Chromium", chromium),
      run: (job) => runInChromium(chromium ?? "", job),
    },
  ];
}

/**
 * Declares one test for each runtime that is there. One that is not is skipped, with the reason in the
 * test's name; in continuous integration it fails instead, so that it is not skipped for ever.
 *
 * @param only names of the runtimes that can be asked for this at all; all of them unless told
 */
export async function testOnEachRuntime(
  behaviour: string,
  check: (runtime: Runtime) => Promise<void>,
  only?: readonly string[],
): Promise<void> {
  const mayBeMissing = Deno.env.get("CI") === undefined;
  for (const runtime of await runtimes()) {
    const { name, missing } = runtime;
    if (only?.includes(name) === false) continue;
    Deno.test({
      name: `on ${name}, ${behaviour}${missing === undefined ? "" : ` (${missing})`}`,
      ignore: missing !== undefined && mayBeMissing,
      fn: async () => {
        if (missing !== undefined) throw new Error(missing);
        await check(runtime);
      },
    });
  }
}
