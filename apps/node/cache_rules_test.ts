import { deepEqual, equal } from "node:assert/strict";
import { defaultCacheSettings } from "@skerry/cache";
import type { CacheRuleSettings } from "@skerry/control";
import { backendCacheRules, programCacheRules } from "./cache_rules.ts";

const service = { tenant: "acme", name: "shop" };

function rulesOf(cache?: CacheRuleSettings) {
  const settings = { env: {}, routes: [], backends: {}, ...(cache !== undefined && { cache }) };
  const version = { number: 7, artifact: "sha256:0", settings };
  return {
    backend: backendCacheRules(service, version),
    program: programCacheRules(service, version),
  };
}

Deno.test("unless a service says anything, its backends' answers are kept, and its program's are not", () => {
  const { backend, program } = rulesOf();
  deepEqual(backend.owner, { tenant: "acme", service: "shop" });
  deepEqual(backend.settings, { ...defaultCacheSettings });
  equal(backend.pass, undefined);
  equal(program, undefined);
});

Deno.test("a program's answers are kept apart from its other versions', a backend's are not", () => {
  const { backend, program } = rulesOf({ mode: "cache" });
  equal(program?.settings.key.partition, "version 7");
  equal(backend.settings.key.partition, undefined);
});

Deno.test("a service that passes the cache passes it with all that it has", () => {
  const { backend, program } = rulesOf({ mode: "pass" });
  equal(backend.settings.mode, "pass");
  equal(program, undefined);
});

Deno.test("what a service says takes the place of what holds otherwise, and of nothing else", () => {
  const { backend } = rulesOf({
    ttlMsByStatus: { 404: 5_000 },
    staleIfUnreachableMs: 0,
    partialMisses: "fetched-whole",
    key: { query: "sorted" },
    pass: [{ prefix: "/admin" }],
  });
  deepEqual(backend.settings, {
    ...defaultCacheSettings,
    lifetimeMsByStatus: new Map([[404, 5_000]]),
    disconnectedMs: 0,
    partialMisses: "fetched whole",
    key: { ...defaultCacheSettings.key, query: "sorted" },
  });
  deepEqual(backend.pass, [{ prefix: "/admin" }]);
});
