import assert from "node:assert/strict";
import type { Change } from "@skerry/control";
import { OwnNames } from "./own_names.ts";

function bench() {
  const events: string[] = [];
  const names = new OwnNames(
    {
      publish: (change: Change) => {
        events.push(change.kind);
        return Promise.resolve({ asked: 1, applied: 1 } as never);
      },
    },
    [{ tenant: "a", name: "old" }],
    ({ tenant, service }) => events.push(`forget ${tenant}/${service}`),
  );
  const publish = (change: unknown) => names.publish(change as Change, 1);
  return { events, publish };
}

const service = (tenant: string, name: string) => ({ kind: "service", service: { tenant, name } });

Deno.test("a service whose name is new finds nothing that was kept under it, and that is so before it is served", async () => {
  const { events, publish } = bench();
  await publish(service("a", "new"));
  assert.deepEqual(events, ["forget a/new", "service"]);
});

Deno.test("a service that had its name before keeps what is kept, from version to version", async () => {
  const { events, publish } = bench();
  await publish(service("a", "old"));
  await publish(service("a", "old"));
  assert.deepEqual(events, ["service", "service"]);
});

Deno.test("a name that was given up, by a service or with its tenant, is new again", async () => {
  const { events, publish } = bench();
  await publish({ kind: "service removed", tenant: "a", name: "old" });
  await publish(service("a", "old"));
  await publish({ kind: "tenant removed", name: "a" });
  await publish(service("a", "old"));
  assert.deepEqual(events, [
    ...["service removed", "forget a/old", "service"],
    ...["tenant removed", "forget a/old", "service"],
  ]);
});
