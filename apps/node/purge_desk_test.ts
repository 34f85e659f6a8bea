import assert from "node:assert/strict";
import type { PurgeRequest } from "@skerry/edge";
import { type PurgeAsked, PurgeDesk } from "./purge_desk.ts";

const token = `skerry_${"0".repeat(88)}`;
const request: PurgeRequest = {
  ...{ token, address: "192.0.2.1", url: "http://a/", mode: "hard" },
  owner: { tenant: "t", service: "s" },
};

Deno.test("each is answered what was said of theirs, in whatever order", async () => {
  const asked: PurgeAsked[] = [];
  const desk = new PurgeDesk((one) => asked.push(one));
  const first = desk.purge(request);
  const second = desk.purge({ ...request, url: "http://b/" });
  const [one, two] = asked;
  assert.ok(one !== undefined && two !== undefined);
  desk.answered(two.number, { kind: "purged", id: two.request.url });
  desk.answered(one.number, { kind: "purged", id: one.request.url });
  desk.answered(99, { kind: "purged", id: "nobody's" });
  assert.deepEqual(await Promise.all([first, second]), [
    { kind: "purged", id: "http://a/" },
    { kind: "purged", id: "http://b/" },
  ]);
});

Deno.test("of what is no token nobody is asked, and no more wait than may", async () => {
  const asked: PurgeAsked[] = [];
  const desk = new PurgeDesk((one) => asked.push(one));
  const none = await desk.purge({ ...request, token: "skerry_0" });
  assert.deepEqual([none.kind, asked.length], ["refused", 0]);
  const waiting = Array.from({ length: 64 }, () => desk.purge(request));
  const more = await desk.purge(request);
  assert.equal(more.kind === "refused" && more.status, 429);
  for (const { number } of asked) desk.answered(number, { kind: "purged", id: "1" });
  await Promise.all(waiting);
  const again = desk.purge(request);
  desk.answered(65, { kind: "purged", id: "2" });
  assert.deepEqual(await again, { kind: "purged", id: "2" });
});
