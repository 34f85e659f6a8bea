import { deepEqual } from "node:assert/strict";
import type { Preparation } from "@skerry/control";
import { Preparers } from "./preparers.ts";

/** Answers tenants who deserve it, and leaves the others waiting, or says what is no answer. */
const source = `
import process from "node:process";
process.on("message", ({ job, preparation: { tenant } }) => {
  const result = { kind: "ready", artifact: tenant, facts: {} };
  if (tenant === "senseless") process.send?.(null);
  else if (tenant !== "slow") process.send?.({ kind: "prepared", job, result });
});`;

async function withPreparers(
  wallMsMax: number,
  act: (prepare: (tenant: string) => Promise<string>) => Promise<void>,
): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(path, source);
  const program = new URL(`file://${path}`);
  const options = {
    count: 1,
    processOptions: { runtimeOptions: [] },
    program,
    artifactsFolder: "",
    wallMsMax,
  };
  const preparers = new Preparers(options);
  try {
    await act(async (tenant) => {
      const asked: Preparation = {
        ...{ tenant, service: "shop", number: 1, module: "" },
        settings: { env: {}, routes: [], backends: {} },
      };
      return (await preparers.prepare(asked)).kind;
    });
  } finally {
    preparers.stop();
    await Deno.remove(path);
  }
}

Deno.test("who waits behind a version that takes too long is prepared by the next process", () =>
  withPreparers(3_000, async (prepare) => {
    const both = await Promise.all([prepare("slow"), prepare("other")]);
    deepEqual(both, ["failed", "ready"]);
  }));

Deno.test("a preparer that says what is no answer fails its own version, and nobody else's", () =>
  withPreparers(30_000, async (prepare) => {
    const both = await Promise.all([prepare("senseless"), prepare("other")]);
    deepEqual(both, ["failed", "ready"]);
  }));
