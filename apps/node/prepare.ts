/**
 * From a module that was uploaded to an artifact that can serve: compiled, verified, linked, held to its bounds, and
 * asked for what its settings say it must answer. Runs in a process of its own, since all of it is hostile.
 */

import {
  type Database,
  type Diagnostic,
  err,
  isSkerryError,
  limits,
  ok,
  type Result,
} from "@skerry/base";
import { noFragments } from "@skerry/cache";
import type { VersionSettings } from "@skerry/control";
import { Edge, type RequestEvent, type Service } from "@skerry/edge";
import type { HttpRequest } from "@skerry/http";
import { DatabaseKeyValues, noSubrequests } from "@skerry/hostcalls";
import { nextTurn, openDatabase, systemClock, systemRandom } from "@skerry/platform";
import { compile, Pool, type Program, Tenant } from "@skerry/sandbox";
import { guestInterfaces } from "./guest_interfaces.ts";
import { required } from "./load_program.ts";
import { serviceOf } from "./service_of.ts";

/** What is prepared. */
export interface Prepared {
  readonly program: Program;
  /** What there is to tell about it: plain JSON. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Prepares a module, or an artifact. Gives everything that is wrong with it. */
export async function prepare(
  module: Uint8Array<ArrayBuffer>,
  settings: VersionSettings,
): Promise<Result<Prepared, readonly Diagnostic[]>> {
  const compiled = await compile(module, {
    interfaces: guestInterfaces,
    requires: required,
    memoryBytesMax: settings.memoryBytesMax ?? limits.memoryBytesMax,
    tableElementsMax: limits.tableElementsMax,
    engineHeap: "refused",
  });
  if (!compiled.ok) return err(compiled.error.diagnostics);
  const program = compiled.value;
  const start = program.functionExports.get("_start");
  if (start === undefined || start.params.length + start.results.length > 0) {
    return err([{ message: "the module is no WASI command: it has no `_start`" }]);
  }
  // What it writes is gone with the trial, and its backends are not asked.
  const database = openDatabase(":memory:", { survives: "process end" });
  const made = trialService(program, settings, database);
  if (!made.ok) return made;
  const unwell = settings.health && await askHealth(made.value, settings.routes, settings.health);
  database.close();
  if (unwell !== undefined) return err([unwell]);
  const { bytes, memoryPages, notRecycled } = program;
  return ok({
    program,
    facts: { artifactBytes: bytes.length, memoryPages, notRecycled: [...notRecycled] },
  });
}

/** What would be served, or why it cannot be: the bundles that a program brings along are opened here. */
function trialService(
  program: Program,
  settings: VersionSettings,
  database: Database,
): Result<Service, readonly Diagnostic[]> {
  const tenant = new Tenant({ name: "trial" });
  const version = { number: 0, artifact: "", settings };
  const state = { tenant: "", name: "trial", config: {}, secrets: {} };
  const keyValues = new DatabaseKeyValues(database, systemClock);
  const hostcalls = {
    keyValues,
    subrequests: noSubrequests,
    fragments: noFragments(systemClock),
    clock: systemClock,
  };
  try {
    return ok(serviceOf(state, version, { program, tenant, hostcalls }));
  } catch (error) {
    if (!isSkerryError(error)) throw error;
    const { where, message } = error;
    return err([{ message: where === undefined ? message : `${where}: ${message}` }]);
  }
}

/** Asks a program for what it must answer; tells how it failed. */
async function askHealth(
  service: Service,
  routes: VersionSettings["routes"],
  { path, status }: NonNullable<VersionSettings["health"]>,
): Promise<Diagnostic | undefined> {
  let event: RequestEvent | undefined;
  const edge = new Edge({
    router: { route: () => ({ kind: "service", service, prefix: "" }) },
    pool: new Pool({ sandboxesMax: 1, clock: systemClock, turn: nextTurn }),
    clock: systemClock,
    random: systemRandom,
    log: (logged) => {
      if (logged.type === "request") event = logged;
    },
    software: "Skerry",
  });
  const response = await edge.handle(healthRequest(routes, path));
  const { body } = response;
  // It is well once it has answered whole.
  let cut = "";
  if (body !== undefined && !(body instanceof Uint8Array)) {
    try {
      for await (const _ of body);
    } catch {
      cut = ", and its answer was cut off";
    }
  }
  if (response.status === status && cut === "") return undefined;
  const why = event?.error === undefined ? "" : `: ${event.error}`;
  const message =
    `asked for ${path}, it answered ${response.status} where ${status} was expected${why}${cut}`;
  return { message };
}

function healthRequest(routes: VersionSettings["routes"], path: string): HttpRequest {
  const host = routes.find(({ host }) => !host.startsWith("*"))?.host ?? "health.invalid";
  return {
    method: "GET",
    target: path,
    scheme: "http",
    fields: [["host", host], ["user-agent", "Skerry-Health"]],
    body: undefined,
    peer: { address: "127.0.0.1", port: 0 },
    whenGone() {},
  };
}
