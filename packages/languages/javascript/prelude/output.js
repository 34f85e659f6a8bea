// deno-lint-ignore-file skerry/host-access -- this runs in the guest, where these are its own

// print and console. Only print goes to stdout, which is the response; console goes to the log.

import { encodeText } from "./encoding.js";
import { write } from "./host.js";
import { formatLine, inspect } from "./inspect.js";

/** Writes a line to stdout. */
export function print(...values) {
  write(1, encodeText(`${formatLine(values)}\n`));
}

function log(...values) {
  write(2, encodeText(`${formatLine(values)}\n`));
}

export const console = {
  log,
  debug: log,
  info: log,
  warn: log,
  error: log,
  dir: (value) => log(inspect(value)),
  trace: (...values) => log(...values, `\n${new Error().stack.trimEnd()}`),
  assert(condition, ...values) {
    if (!condition) log("assertion failed", ...values);
  },
};
