/** The host of pages.c where its guests have to wait: each until it is told a number. */

import { bind, compile, type HostInterface, type Program, suspending } from "@skerry/sandbox";
import { buildCProgram } from "./c_program.ts";

/** Guests that wait, by the number that each goes by. */
export interface Waiting {
  readonly tell: Map<number, (answer: number) => void>;
}

const host: HostInterface<Waiting> = {
  module: "bench",
  functions: {
    wait: suspending(
      ["i32"],
      ["i32"],
      ({ state }, id) => new Promise((resolve) => state.tell.set(id, resolve)),
    ),
  },
};

/** The program, with that host. */
export async function holdProgram(): Promise<Program> {
  const compiled = await compile(await buildCProgram(), {
    interfaces: [host as HostInterface<never>],
  });
  if (!compiled.ok) throw new Error("pages.c does not compile into a sandbox");
  return compiled.value;
}

/** What its leases are given. */
export function holdBindings(waiting: Waiting) {
  return [bind(host, waiting)];
}
