/** One thing that is shown of one function. */

import type { ErrnoName } from "@skerry/base";
import type { FunctionName } from "./interface.ts";
import type { World } from "./world.ts";

/** What a case shows: that the call works, that it is bounded, or that it gives an error. */
export type Shown = "success" | "bounds" | ErrnoName;

/** `EBADF: a descriptor that is not open`. */
export type Title = `${Shown}: ${string}`;

/** What is done in a new world. */
export type Check = (world: World) => void | Promise<void>;

/** The cases of one function by title. */
export type Cases = Readonly<Record<Title, Check>>;

/** Cases by function. */
export type CaseTable = Readonly<Partial<Record<FunctionName, Cases>>>;

/** What a title says is shown. */
export function shownBy(title: string): string {
  return title.slice(0, title.indexOf(":"));
}
