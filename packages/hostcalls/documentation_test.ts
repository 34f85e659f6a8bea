import { deepEqual, equal, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { HostInterface } from "@skerry/sandbox";
import { keyValueInterface } from "./key_value_interface.ts";
import { keyValueStatuses } from "./key_value_status.ts";
import { keyValueBudget, keyValueLimits, keyValueRequestLimits } from "./limits.ts";

const page = readFileSync(new URL("../../docs/hostcalls.md", import.meta.url), "utf8");

/** The part below a heading. */
function section(module: string): string {
  const [, part = ""] = page.split(new RegExp(`^## .*\`${module}\`$`, "m"));
  return part.split(/^## /m)[0] ?? "";
}

/** Each function of an interface with the types of its parameters, as the page tells them. */
function told(module: string): Record<string, string[]> {
  const rows = [...section(module).matchAll(/^\| `(\w+)` \| `([^`]*)` \| [^|]+ \|$/gm)];
  return Object.fromEntries(
    rows.map(([, name = "", params = ""]) => [
      name,
      params.split(", ").map((param) => param.split(" ")[1] ?? ""),
    ]),
  );
}

function declared<State>({ functions }: HostInterface<State>): Record<string, readonly string[]> {
  return Object.fromEntries(
    Object.entries(functions).map(([name, { params, results }]) => {
      deepEqual(results, ["i32"]);
      return [name, params];
    }),
  );
}

Deno.test("docs/hostcalls.md tells every function of skerry_kv with its parameters, and every answer", () => {
  deepEqual(told("skerry_kv"), declared(keyValueInterface));
  const answers = [...section("skerry_kv").matchAll(/^\| (\d+) \| `(\w+)` \|/gm)];
  deepEqual(
    answers.map(([, number, name]) => [Number(number), name]),
    keyValueStatuses.map((name, number) => [number, name]),
  );
});

Deno.test("docs/hostcalls.md tells the bounds that hold", () => {
  const mib = 1024 * 1024;
  const bounds = new Map(
    [...section("skerry_kv").matchAll(/^\| ([^|`]+) \| ([^|]+) \|$/gm)]
      .map(([, what = "", bound = ""]) => [what, bound]),
  );
  const { keyBytesMax, valueBytesMax, metadataBytesMax, ttlMsMax } = keyValueLimits;
  equal(bounds.get("a key"), `1 to ${keyBytesMax} bytes, any`);
  equal(bounds.get("a value"), `${valueBytesMax / mib} MiB`);
  ok(bounds.get("metadata, which stand beside a value") === `${metadataBytesMax / 1024} KiB`);
  equal(bounds.get("a time to live"), `${ttlMsMax / (366 * 86_400_000)} years`);
  const count = (number: number) => number.toLocaleString("en");
  equal(
    bounds.get("all that a tenant keeps"),
    `${keyValueBudget.bytesMax / mib} MiB and ${count(keyValueBudget.keysMax)} keys, ` +
      "unless its operator says otherwise",
  );
  const { callsMax, writtenBytesMax } = keyValueRequestLimits;
  equal(
    bounds.get("what one request does"),
    `${count(callsMax)} calls, ${writtenBytesMax / mib} MiB written`,
  );
});
