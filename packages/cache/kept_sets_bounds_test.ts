import assert from "node:assert/strict";
import type { CacheRequest } from "./request.ts";
import { newMemory, newRegionStore } from "./testing/region_memory.ts";
import { Simulation } from "./testing/simulation.ts";

const asking = (language: string): CacheRequest => ({
  method: "GET",
  scheme: "http",
  host: "example.com",
  path: "/a",
  query: undefined,
  fields: [["accept-language", language]],
});

Deno.test("of variants that are too large together, the oldest go", () => {
  const simulation = new Simulation({
    store: newRegionStore(newMemory(100_000, 1), 0, { valueBytesMax: 2_000 }),
    origin: () => ({
      status: 200,
      fields: [["cache-control", "max-age=60"], ["vary", "accept-language"]],
      body: "x".repeat(700),
    }),
  });
  const languages = ["de", "en", "fr", "it"];
  for (const language of languages) simulation.request(asking(language));
  const kinds = languages.map((language) => simulation.ask(asking(language)).kind);
  assert.deepEqual(kinds, ["forward", "forward", "reply", "reply"]);
});

Deno.test("a variant that is too large alone is not kept, and nothing in its place", () => {
  const simulation = new Simulation({
    store: newRegionStore(newMemory(100_000, 1), 0, { valueBytesMax: 500 }),
    origin: () => ({
      status: 200,
      fields: [["cache-control", "max-age=60"]],
      body: "x".repeat(700),
    }),
  });
  simulation.request(asking("de"));
  assert.equal(simulation.ask(asking("de")).kind, "forward");
});
