import { deepEqual, equal, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { HostInterface } from "@skerry/sandbox";
import { errnoNames } from "@skerry/base";
import { fragmentLimits, fragmentThreadLimits } from "@skerry/cache";
import { surrogateKeyLimits } from "@skerry/http";
import { hostcallInterfaces } from "./bind.ts";
import { cacheInterface } from "./cache_interface.ts";
import { cacheStates } from "./cache_structures.ts";
import { keyValueInterface } from "./key_value_interface.ts";
import { keyValueStatuses } from "./key_value_status.ts";
import {
  cacheRequestLimits,
  keyValueBudget,
  keyValueLimits,
  keyValueRequestLimits,
  subrequestLimits,
} from "./limits.ts";
import { cachingFlags } from "./subrequest_caching.ts";
import { subrequestErrors } from "./subrequest_failure.ts";
import { subrequestInterface } from "./subrequest_interface.ts";

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

/** Every function with the types of its parameters. */
const allFunctions = Object.fromEntries(
  hostcallInterfaces.flatMap(({ module, functions }) =>
    Object.entries(functions).map(([name, { params }]) => [`${module}.${name}`, params])
  ),
);

Deno.test("docs/hostcalls.md tells every function of skerry_kv with its parameters, and every answer", () => {
  deepEqual(told("skerry_kv"), declared(keyValueInterface));
  const answers = [...section("skerry_kv").matchAll(/^\| (\d+) \| `(\w+)` \|/gm)];
  deepEqual(
    answers.map(([, number, name]) => [Number(number), name]),
    keyValueStatuses.map((name, number) => [number, name]),
  );
});

/** A table of two columns, by its first. */
function bounds(module: string): Map<string, string> {
  const rows = section(module).matchAll(/^\| ([^|`]+) \| ([^|]+) \|$/gm);
  return new Map([...rows].map(([, what = "", bound = ""]) => [what, bound]));
}

const mib = 1024 * 1024;
const count = (number: number) => number.toLocaleString("en");

Deno.test("docs/hostcalls.md tells the functions of skerry_http, what their options tell, and the errors of connections", () => {
  deepEqual(told("skerry_http"), declared(subrequestInterface));
  const flags = [...section("skerry_http").matchAll(/^\| (\d+) \| `([A-Z_]+)` \|/gm)]
    .map(([, bit, name = ""]) => [stateName(name), Number(bit)]);
  deepEqual(Object.fromEntries(flags), cachingFlags);
  const errors = [...section("skerry_http").matchAll(/^\| `(\w+)` \| ([a-z]+): [^|]+ \|$/gm)];
  deepEqual(Object.fromEntries(errors.map(([, errno, why]) => [why, errno])), subrequestErrors);
});

Deno.test("docs/hostcalls.md tells the bounds of subrequests", () => {
  const told = bounds("skerry_http");
  const limits = subrequestLimits;
  equal(told.get("a head"), `${limits.headBytesMax / 1024} KiB, ${limits.fieldsMax} fields`);
  equal(told.get("subrequests of one request"), count(limits.subrequestsMax));
  equal(told.get("of these, open at once"), count(limits.concurrentMax));
  equal(told.get("bodies that it sends"), `${limits.sentBytesMax / mib} MiB`);
  equal(told.get("responses that it gets"), `${limits.receivedBytesMax / mib} MiB`);
});

Deno.test("docs/hostcalls.md tells the bounds of keys and values", () => {
  const told = bounds("skerry_kv");
  const { keyBytesMax, valueBytesMax, metadataBytesMax, ttlMsMax } = keyValueLimits;
  equal(told.get("a key"), `1 to ${keyBytesMax} bytes, any`);
  equal(told.get("a value"), `${valueBytesMax / mib} MiB`);
  ok(told.get("metadata, which stand beside a value") === `${metadataBytesMax / 1024} KiB`);
  equal(told.get("a time to live"), `${ttlMsMax / (366 * 86_400_000)} years`);
  equal(
    told.get("all that a tenant keeps"),
    `${keyValueBudget.bytesMax / mib} MiB and ${count(keyValueBudget.keysMax)} keys, ` +
      "unless its operator says otherwise",
  );
  const { callsMax, writtenBytesMax } = keyValueRequestLimits;
  equal(
    told.get("what one request does"),
    `${count(callsMax)} calls, ${writtenBytesMax / mib} MiB written`,
  );
});

Deno.test("docs/hostcalls.md tells every function of skerry_cache, and what a state is made of", () => {
  deepEqual(told("skerry_cache"), declared(cacheInterface));
  const bits = [...section("skerry_cache").matchAll(/^\| (\d+) \| `([A-Z_]+)` \|/gm)]
    .map(([, bit, name = ""]) => [stateName(name), Number(bit)]);
  deepEqual(Object.fromEntries(bits), cacheStates);
});

/** `MUST_INSERT` as it is called here. */
function stateName(name: string): string {
  return name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

Deno.test("docs/hostcalls.md tells the bounds of fragments", () => {
  const told = bounds("skerry_cache");
  const { keyBytesMax, bodyBytesMax, metadataBytesMax, varyMax, timeMsMax } = fragmentLimits;
  equal(told.get("a key"), `1 to ${count(keyBytesMax)} bytes, any`);
  equal(told.get("a body"), `${bodyBytesMax / mib} MiB`);
  equal(told.get("its metadata, which stand beside it"), `${metadataBytesMax / 1024} KiB`);
  const { keysMax, keyCharactersMax } = surrogateKeyLimits;
  const limits = cacheRequestLimits;
  equal(
    told.get("its surrogate keys"),
    `${keysMax}, of 1 to ${count(keyCharactersMax)} visible ASCII characters, ` +
      `together ${limits.surrogateKeysBytesMax / 1024} KiB`,
  );
  equal(told.get("fields that it varies in"), String(varyMax));
  equal(told.get("a time"), `${timeMsMax / 86_400_000} days`);
  equal(
    told.get("what one request does"),
    `${count(limits.callsMax)} calls, ${limits.writtenBytesMax / mib} MiB written, ` +
      `${limits.purgedKeysMax} keys purged`,
  );
  equal(told.get("descriptors of fragments that are open"), String(limits.openMax));
  const { fillingBytesMax, tenantFillingBytesMax } = fragmentThreadLimits;
  equal(
    told.get("bodies that are being written in one thread"),
    `${fillingBytesMax / mib} MiB, ${tenantFillingBytesMax / mib} MiB of them a tenant's`,
  );
  const [, most, usual] = /at most ([\d,]+); 0 is\s+([\d,]+)/.exec(section("skerry_cache")) ?? [];
  deepEqual([most, usual], [count(limits.waitMsMax), count(limits.waitMs)]);
});

const folder = new URL("../languages/sdk/", import.meta.url);

Deno.test("skerry.h has every function, answer and bound", () => {
  const header = readFileSync(new URL("skerry.h", folder), "utf8");
  const functions = [...header.matchAll(
    /^SKERRY_IMPORT\("(\w+)", "(\w+)"\)\nint \w+\(([^)]*)\);$/gm,
  )].map(([, module, name, params = ""]) => [
    `${module}.${name}`,
    params.split(",").map((param) => param.includes("uint64_t") ? "i64" : "i32"),
  ]);
  deepEqual(Object.fromEntries(functions), allFunctions);
  const answers = [...header.matchAll(/^ {2}SKERRY_KV_(\w+) = (\d+),$/gm)]
    .map(([, name, number]) => [Number(number), name] as const);
  deepEqual(
    answers.slice(0, keyValueStatuses.length),
    keyValueStatuses.map((name, number) => [number, name]),
  );
  const bounds = [...header.matchAll(/^#define SKERRY_KV_(\w+)_MAX (\d+)$/gm)];
  const { keyBytesMax, valueBytesMax, metadataBytesMax } = keyValueLimits;
  deepEqual(Object.fromEntries(bounds.map(([, name, bound]) => [name, Number(bound)])), {
    KEY: keyBytesMax,
    VALUE: valueBytesMax,
    METADATA: metadataBytesMax,
  });
  const ofFragments = [...header.matchAll(/^#define SKERRY_CACHE_(\w+)_MAX (\d+)$/gm)];
  deepEqual(Object.fromEntries(ofFragments.map(([, name, bound]) => [name, Number(bound)])), {
    KEY: fragmentLimits.keyBytesMax,
    BODY: fragmentLimits.bodyBytesMax,
    METADATA: fragmentLimits.metadataBytesMax,
  });
  const flags = [...header.matchAll(/^ {2}SKERRY_HTTP_CACHING_([A-Z_]+) = (\d+),/gm)]
    .map(([, name = "", bit]) => [stateName(name), Number(bit)]);
  deepEqual(Object.fromEntries(flags), cachingFlags);
  const states = [...header.matchAll(/^ {2}SKERRY_CACHE_([A-Z_]+) = (\d+),$/gm)]
    .map(([, name = "", bit]) => [stateName(name), Number(bit)]);
  deepEqual(Object.fromEntries(states), cacheStates);
});

Deno.test("the prelude of JavaScript programs knows the answers and the errors by their numbers", () => {
  const prelude = new URL("../languages/javascript/prelude/", import.meta.url);
  const keys = readFileSync(new URL("skerry_keys.js", prelude), "utf8");
  const [, listed = ""] = /const statuses = \[([^\]]*)\]/.exec(keys) ?? [];
  deepEqual(Array.from(listed.matchAll(/"(\w+)"/g), ([, name]) => name), [...keyValueStatuses]);
  const requests = readFileSync(new URL("skerry_fetch.js", prelude), "utf8");
  const errors = [...requests.matchAll(/^ {2}(\d+): "(\w+): /gm)];
  ok(errors.length >= Object.keys(subrequestErrors).length);
  for (const [, number, name] of errors) equal(errnoNames[Number(number)], name);
  const fragments = readFileSync(new URL("skerry_cache.js", prelude), "utf8");
  const ofFragments = [...fragments.matchAll(/^ {2}(\d+): "(\w+): /gm)];
  ok(ofFragments.length > 10);
  for (const [, number, name] of ofFragments) equal(errnoNames[Number(number)], name);
  const [, numbers = ""] = /const \[notFound, tooSmall\] = \[([^\]]+)\]/.exec(fragments) ?? [];
  deepEqual(numbers.split(", ").map((number) => errnoNames[Number(number)]), [
    "ENOENT",
    "ERANGE",
  ]);
  const known = new Set(errors.map(([, , name]) => name));
  for (const errno of Object.values(subrequestErrors)) ok(known.has(errno), errno);
});

Deno.test("AssemblyScript's declarations are those of every function", () => {
  const declarations = readFileSync(new URL("skerry.as.txt", folder), "utf8");
  const functions = [...declarations.matchAll(
    /^@external\("(\w+)", "(\w+)"\)\nexport declare function \w+\(([^)]*)\): i32;$/gm,
  )].map(([, module, name, params = ""]) => [
    `${module}.${name}`,
    [...params.matchAll(/: (\w+)/g)].map(([, type]) => type === "u64" ? "i64" : "i32"),
  ]);
  deepEqual(Object.fromEntries(functions), allFunctions);
});
