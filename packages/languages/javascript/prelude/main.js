// deno-lint-ignore-file skerry/host-access -- this runs in the guest, where these are its own

// The prelude's entry: sets up the globals, and leaves hooks for the glue. It runs when a program is
// built; what it leaves in memory is where every request starts. So nothing here may depend on the time,
// on randomness or on the environment.

import { serve } from "./cgi.js";
import { encodeText, TextDecoder, TextEncoder } from "./encoding.js";
import { Headers } from "./headers.js";
import { drain, evaluate, exit, programArguments, write } from "./host.js";
import { describeError } from "./inspect.js";
import { console, print } from "./output.js";
import { Request } from "./request.js";
import { Response } from "./response.js";
import * as timers from "./timers.js";
import { URL } from "./url.js";
import { URLSearchParams } from "./url_search_params.js";
import { crypto, installRandom, installTime } from "./world.js";

/** Promises that were rejected and that nobody handles. */
const rejected = new Map();

/** Whether the program had a request to answer, and did. */
let answered = false;

function report(value) {
  write(2, encodeText(`Uncaught ${describeError(value)}\n`));
  exit(1);
}

function main() {
  try {
    run();
  } catch (fault) {
    report(fault);
  }
}

function run() {
  installTime();
  let end;
  evaluate().then(() => end = {}, (reason) => end = { reason });
  drain();
  while (end === undefined && timers.runNextTimer()) drain();
  if (end === undefined) throw new Error("the program waits for something that never comes");
  if ("reason" in end) report(end.reason);
  // A response ends a request; a plain program lives as long as its timers.
  while (!answered && timers.runNextTimer()) drain();
  for (const [, reason] of rejected) report(reason);
}

/** What the program's start module calls with the program's exports. */
export async function start(program) {
  answered = await serve(program);
}

function onRejection(promise, reason, isHandled) {
  if (isHandled) rejected.delete(promise);
  else rejected.set(promise, reason);
}

function noImport() {
  return new TypeError("import() is not available: import the module at the top of a file");
}

const globals = {
  console,
  crypto,
  Headers,
  print,
  queueMicrotask: (callback) => void Promise.resolve().then(callback),
  Request,
  Response,
  setInterval: timers.setInterval,
  setTimeout: timers.setTimeout,
  clearInterval: timers.clearInterval,
  clearTimeout: timers.clearTimeout,
  TextDecoder,
  TextEncoder,
  URL,
  URLSearchParams,
};
for (const [name, value] of Object.entries(globals)) {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
}
Object.defineProperty(globalThis, "scriptArgs", { get: programArguments, configurable: true });
installRandom();

globalThis.skerryHooks = { main, onRejection, noImport };
