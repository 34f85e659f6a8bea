/** Fragments where nothing is kept: what asks for one has to bring it each time. */

import type { Clock } from "@skerry/base";
import { Purges } from "../purges.ts";
import type { SetStore } from "../set_store.ts";
import { Fragments } from "./fragments.ts";

const emptyStore: SetStore = {
  get: () => undefined,
  set: () => "refused",
  delete: () => false,
};

/** For those who have no cache. */
export function noFragments(clock: Clock): Fragments {
  return new Fragments({ store: emptyStore, purges: new Purges(1), clock });
}
