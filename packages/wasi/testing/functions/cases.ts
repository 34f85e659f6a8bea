/** All cases of all functions, the general ones first. */

import type { Check, Title } from "./case.ts";
import { addEveryCall } from "./every_call.ts";
import { type FunctionName, functionNames } from "./interface.ts";
import { descriptorCases } from "./descriptor_cases.ts";
import { directoryCases } from "./directory_cases.ts";
import { pathCases } from "./path_cases.ts";
import { pathOpenCases } from "./path_open_cases.ts";
import { processCases } from "./process_cases.ts";
import { socketCases } from "./socket_cases.ts";
import { transferCases } from "./transfer_cases.ts";
import { waitCases } from "./wait_cases.ts";

/** What is shown of one function. */
export interface Case {
  readonly name: FunctionName;
  readonly title: Title;
  readonly check: Check;
}

/** Every case, in the interface's order. */
export function allCases(): Case[] {
  const found = new Map<FunctionName, Case[]>(functionNames.map((name) => [name, []]));
  const add = (name: FunctionName, title: Title, check: Check) => {
    found.get(name)?.push({ name, title, check });
  };
  const tables = [
    ...[processCases, waitCases, descriptorCases, transferCases],
    ...[directoryCases, pathCases, pathOpenCases, socketCases],
  ];
  for (const table of tables) {
    for (const name of functionNames) {
      for (const [title, check] of Object.entries(table[name] ?? {})) {
        add(name, title as Title, check);
      }
    }
  }
  addEveryCall(add);
  return [...found.values()].flat();
}
