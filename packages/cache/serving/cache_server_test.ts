import { deepEqual, equal, match, ok } from "node:assert/strict";
import { BugError } from "@skerry/base";
import type { Field } from "@skerry/http";
import type { CacheSettings } from "../settings.ts";
import { type Client, Counter, owner } from "../testing/counter.ts";
import { settled } from "../testing/hand_clock.ts";
import { servingLimits } from "./desk.ts";

const fresh: Field = ["cache-control", "max-age=60"];

/** What clients got, as one text for each: `miss 200 whole "text"`. */
function check(clients: readonly Client[], ...expected: string[]): void {
  deepEqual(clients.map(told), expected);
}

function told({ result, status, end, text }: Client): string {
  return `${result} ${status} ${end} ${text}`;
}

async function kept(counter: Counter, fields: readonly Field[], body = "kept"): Promise<void> {
  const client = await counter.ask();
  counter.last.head({ fields }, body);
  await settled();
  equal(client.result, "miss");
}

Deno.test("what is fresh is the answer at once", async () => {
  const counter = new Counter();
  await kept(counter, [fresh]);
  counter.clock.pass(10_000);
  const client = await counter.ask();
  check([client], "hit 200 whole kept");
  equal(client.field("age"), "10");
  equal(client.field("cache-status"), "Skerry; hit; ttl=50");
  equal(counter.fetches.length, 1);
});

Deno.test("a miss is read while it comes, by all who asked, each at its own pace", async () => {
  const counter = new Counter();
  const first = await counter.ask();
  const second = await counter.ask();
  counter.last.head({ fields: [fresh] });
  counter.last.send("one ");
  await settled();
  await Promise.all([first.read(), second.read()]);
  deepEqual([first.text, second.text], ["one ", "one "]);
  const third = await counter.ask();
  counter.last.send("two");
  await settled();
  const reading = first.readAll();
  await settled();
  equal(first.text, "one two");
  counter.last.end();
  await reading;
  await Promise.all([second.readAll(), third.readAll()]);
  check(
    [first, second, third, await counter.ask()],
    "miss 200 whole one two",
    "collapsed 200 whole one two",
    "collapsed 200 whole one two",
    "hit 200 whole one two",
  );
  match(third.field("cache-status") ?? "", /fwd=uri-miss; .*collapsed/);
  equal(counter.fetches.length, 1);
});

Deno.test("INV-16: what is cut off breaks off for all who read it, and is not kept", async () => {
  const counter = new Counter();
  const clients = [await counter.ask(), await counter.ask()];
  counter.last.head({ fields: [fresh] });
  counter.last.send("half");
  await settled();
  counter.last.cut();
  await Promise.all(clients.map((client) => client.readAll()));
  check(clients, "miss 200 cut off half", "collapsed 200 cut off half");
  await counter.ask();
  equal(counter.fetches.length, 2);
});

Deno.test("a mistake of ours in a body is told once, however many read it, and breaks it off as any other", async () => {
  const counter = new Counter();
  const clients = [await counter.ask(), await counter.ask()];
  const mistake = new BugError("a mistake");
  counter.last.head({ fields: [fresh] });
  counter.last.send("half");
  await settled();
  counter.last.cut(mistake);
  await Promise.all(clients.map((client) => client.readAll()));
  check(clients, "miss 200 cut off half", "collapsed 200 cut off half");
  deepEqual(counter.faults, [mistake]);
  // Nor is it hidden where nobody reads: a refresh, whose answer must not be kept, is dropped.
  await kept(counter, [["cache-control", "max-age=1, stale-while-revalidate=60"]]);
  counter.clock.pass(2_000);
  check([await counter.ask()], "stale 200 whole kept");
  counter.last.head({ fields: [["cache-control", "no-store"]] });
  counter.last.cut(mistake);
  await settled();
  deepEqual(counter.faults, [mistake, mistake]);
});

Deno.test("what an origin breaks off is no mistake of ours", async () => {
  const counter = new Counter();
  const client = await counter.ask();
  counter.last.head({ fields: [fresh] });
  counter.last.send("half");
  await settled();
  counter.last.cut();
  await client.readAll();
  check([client], "miss 200 cut off half");
  deepEqual(counter.faults, []);
});

Deno.test("a body of another length than was told is not kept", async () => {
  const counter = new Counter();
  await counter.ask();
  counter.last.head({ fields: [fresh, ["content-length", "9"]] }, "short");
  await settled();
  equal((await counter.ask()).result, undefined);
});

Deno.test("what cannot be kept releases those who wait, and nobody waits for the next", async () => {
  const counter = new Counter();
  const clients = [await counter.ask(), await counter.ask(), await counter.ask()];
  equal(counter.fetches.length, 1);
  counter.last.head({ fields: [["cache-control", "private"]] }, "1");
  await settled();
  equal(counter.fetches.length, 3);
  for (const [index, one] of counter.fetches.entries()) one.head({}, String(index + 1));
  await settled();
  check(clients, "miss 200 whole 1", "pass 200 whole 2", "pass 200 whole 3");
  await Promise.all([counter.ask(), counter.ask()]);
  equal(counter.fetches.length, 5);
});

Deno.test("a fetch that fails is taken over, and the last failure is told to all who are left", async () => {
  const flightLimits = { slowMs: 1_000, handoversMax: 1, waitingMax: 10 };
  const counter = new Counter({ flightLimits });
  const clients = [await counter.ask(), await counter.ask(), await counter.ask()];
  counter.last.fail();
  await settled();
  equal(counter.fetches.length, 2);
  counter.last.fail();
  await settled();
  check(clients, ...clients.map(() => "failed 502 whole failed"));
  equal(counter.fetches.length, 2);
});

Deno.test("beside a fetch that is slow another is tried, and the first head is for all who wait", async () => {
  const counter = new Counter({ flightLimits: { slowMs: 1_000, handoversMax: 1, waitingMax: 10 } });
  const clients = [await counter.ask(), await counter.ask(), await counter.ask()];
  counter.clock.pass(1_000);
  await settled();
  equal(counter.fetches.length, 2);
  counter.last.head({ fields: [fresh] }, "second");
  await settled();
  counter.fetches[0]?.head({ fields: [fresh] }, "first");
  await settled();
  check(clients, "miss 200 whole first", "miss 200 whole second", "collapsed 200 whole second");
});

Deno.test("a client that goes takes its fetch along where nobody else waits for it", async () => {
  const counter = new Counter();
  const alone = await counter.ask("/alone");
  alone.leave();
  await settled();
  ok(counter.last.isGivenUp);
  equal(alone.result, "gone");
  const [first, second] = [await counter.ask(), await counter.ask()];
  first.leave();
  await settled();
  ok(!counter.last.isGivenUp);
  counter.last.head({ fields: [fresh] }, "kept");
  await settled();
  check([second], "collapsed 200 whole kept");
});

Deno.test("one who waits and goes has an answer too, and holds nobody up", async () => {
  const counter = new Counter();
  const [first, second] = [await counter.ask(), await counter.ask()];
  second.leave();
  await settled();
  equal(second.result, "gone");
  counter.last.head({ fields: [fresh] }, "kept");
  await settled();
  check([first], "miss 200 whole kept");
});

Deno.test("what all readers have left comes to its end, to be kept, unless that takes too long", async () => {
  const counter = new Counter();
  for (const isTooLong of [false, true]) {
    const client = await counter.ask(`/${isTooLong}`);
    counter.last.head({ fields: [fresh] });
    counter.last.send("begin ");
    await client.read();
    client.leave();
    await settled();
    ok(!counter.last.isGivenUp);
    counter.clock.pass(isTooLong ? 60_000 : 59_000);
    await settled();
    equal(counter.last.isGivenUp, isTooLong);
    counter.last.send("end");
    counter.last.end();
    await settled();
    const next = await counter.ask(`/${isTooLong}`);
    equal(next.result, isTooLong ? undefined : "hit");
  }
});

Deno.test("what nobody may keep is given up with its client", async () => {
  const counter = new Counter();
  const client = await counter.ask();
  counter.last.head({ fields: [["cache-control", "no-store"]] });
  counter.last.send("begin");
  await client.read();
  client.leave();
  await settled();
  ok(counter.last.isGivenUp);
});

Deno.test("what is stale is served while one validates it, however many ask", async () => {
  const counter = new Counter();
  const fields: Field[] = [["cache-control", "max-age=1, stale-while-revalidate=60"], [
    "etag",
    '"1"',
  ]];
  await kept(counter, fields);
  counter.clock.pass(5_000);
  const clients = [await counter.ask(), await counter.ask()];
  check(clients, "stale 200 whole kept", "stale 200 whole kept");
  deepEqual(counter.fetches.map(({ purpose }) => purpose), ["answer", "refresh"]);
  // It outlives the requests that were the cause of it.
  clients.forEach((client) => client.leave());
  counter.last.head({ status: 304, fields });
  await settled();
  check([await counter.ask()], "hit 200 whole kept");
  equal(counter.fetches.length, 2);
});

Deno.test("a refresh that takes too long is given up, and the next request tries again", async () => {
  const counter = new Counter();
  await kept(counter, [["cache-control", "max-age=1, stale-while-revalidate=600"]]);
  counter.clock.pass(5_000);
  await counter.ask();
  counter.clock.pass(60_000);
  await settled();
  ok(counter.last.isGivenUp);
  check([await counter.ask()], "stale 200 whole kept");
  equal(counter.fetches.length, 3);
});

Deno.test("where the origin fails, what is stale is served by whoever may", async () => {
  const counter = new Counter();
  await kept(counter, [["cache-control", "max-age=1, stale-if-error=60"], ["etag", '"1"']]);
  counter.clock.pass(5_000);
  const clients = [await counter.ask(), await counter.ask()];
  counter.last.fail();
  await settled();
  counter.last.head({ status: 503 }, "busy");
  await settled();
  check(clients, "stale 200 whole kept", "stale 200 whole kept");
  match(clients[0]?.field("cache-status") ?? "", /fwd=stale.*detail=stale-if-error/);
});

Deno.test("HEAD is answered by what GET has left, without its body", async () => {
  const counter = new Counter();
  await kept(counter, [fresh]);
  const client = await counter.ask("/", [], "HEAD");
  check([client], "hit 200 whole ");
  equal(client.field("content-length"), "4");
});

Deno.test("a part of what is kept is sent as one", async () => {
  const counter = new Counter();
  await kept(counter, [fresh], "0123456789");
  const part = await counter.ask("/", [["range", "bytes=2-4"]]);
  check([part], "hit 206 whole 234");
  const parts = await counter.ask("/", [["range", "bytes=0-0,9-9"]]);
  await parts.readAll();
  match(parts.text, /--BOUNDARY\r\n[^]*\r\n0\r\n--BOUNDARY[^]*\r\n9\r\n--BOUNDARY--/);
});

Deno.test("what is wanted only from the cache, and is not there, is a 504", async () => {
  const counter = new Counter();
  const client = await counter.ask("/", [["cache-control", "only-if-cached"]]);
  equal(client.status, 504);
  equal(client.result, "refused");
  equal(counter.fetches.length, 0);
});

Deno.test("what changes a resource passes, and what was kept of it is not served again", async () => {
  const counter = new Counter();
  await kept(counter, [fresh]);
  const change = await counter.ask("/", [], "POST");
  counter.last.head({ status: 204 }, "");
  await settled();
  equal(change.result, "pass");
  await counter.ask();
  equal(counter.fetches.length, 3);
});

Deno.test("INV-15: a purge beats a fill that began before it, for all who come after", async () => {
  const counter = new Counter();
  const before = await counter.ask();
  counter.last.head({ fields: [fresh] });
  counter.last.send("old");
  await before.read();
  counter.purge("/");
  const after = await counter.ask();
  equal(counter.fetches.length, 2);
  counter.fetches[0]?.end();
  await before.readAll();
  counter.last.head({ fields: [fresh] }, "new");
  await settled();
  check(
    [before, after, await counter.ask()],
    "miss 200 whole old",
    "miss 200 whole new",
    "hit 200 whole new",
  );
});

Deno.test("a body that proves too large to be kept goes to all who read it, and nobody waits for the next", async () => {
  const counter = new Counter({ settings: { bodyBytesMax: 100 } });
  const clients = [await counter.ask(), await counter.ask()];
  counter.last.head({ fields: [fresh] });
  await settled();
  const reading = Promise.all(clients.map((client) => client.readAll()));
  for (let piece = 0; piece < 100; piece += 1) {
    counter.last.send("0123456789");
    await settled();
  }
  counter.last.end();
  await reading;
  deepEqual(clients.map(({ end, text }) => [end, text.length]), [["whole", 1000], ["whole", 1000]]);
  await Promise.all([counter.ask(), counter.ask()]);
  equal(counter.fetches.length, 3);
});

Deno.test("of what is fetched whole for one who wants a part, that part is sent as it comes", async () => {
  const counter = new Counter({ settings: { partialMisses: "fetched whole" } });
  const client = await counter.ask("/", [["range", "bytes=2-4"]]);
  equal(counter.last.request.fields.length, 0);
  counter.last.head({ fields: [fresh, ["content-length", "10"]] });
  await settled();
  counter.last.send("012");
  await client.read();
  equal(client.text, "2");
  counter.last.send("3456789");
  await client.readAll();
  check([client], "miss 206 whole 234");
  equal(client.field("content-range"), "bytes 2-4/10");
  counter.last.end();
  await settled();
  check([await counter.ask()], "hit 200 whole 0123456789");
});

Deno.test("a part of a body that proves shorter than was told breaks off", async () => {
  const counter = new Counter({ settings: { partialMisses: "fetched whole" } });
  const client = await counter.ask("/", [["range", "bytes=2-8"]]);
  counter.last.head({ fields: [fresh, ["content-length", "10"]] });
  await settled();
  counter.last.send("01234");
  counter.last.end();
  await client.readAll();
  check([client], "miss 206 cut off 234");
});

Deno.test("where the length of what comes is not known, who wants a part gets all of it", async () => {
  const counter = new Counter({ settings: { partialMisses: "fetched whole" } });
  const client = await counter.ask("/", [["range", "bytes=2-4"]]);
  counter.last.head({ fields: [fresh] });
  await settled();
  counter.last.send("0123456789");
  counter.last.end();
  await client.readAll();
  check([client], "miss 200 whole 0123456789");
});

Deno.test("a client that has what was fetched anew is told so, and it is kept", async () => {
  const counter = new Counter();
  await kept(counter, [["cache-control", "max-age=1"], ["etag", '"1"']], "old");
  counter.clock.pass(5_000);
  const fields: Field[] = [["if-none-match", '"2"']];
  const clients = [await counter.ask("/", fields), await counter.ask("/", fields)];
  const other = await counter.ask();
  counter.last.head({ fields: [fresh, ["etag", '"2"']] }, "new");
  await settled();
  check(
    [...clients, other, await counter.ask()],
    "miss 304 whole ",
    "collapsed 304 whole ",
    "collapsed 200 whole new",
    "hit 200 whole new",
  );
});

Deno.test("who waits for another's answer gets none of the fields that are for that one alone", async () => {
  const cases: readonly [Partial<CacheSettings>, string][] = [
    [{ setCookie: "stripped" }, "max-age=60"],
    [{}, 'max-age=60, private="set-cookie, x-user"'],
    [{}, 'max-age=60, no-cache="set-cookie, x-user"'],
  ];
  for (const [settings, control] of cases) {
    const counter = new Counter({ settings });
    const [first, second] = [await counter.ask(), await counter.ask()];
    counter.last.head({
      fields: [["cache-control", control], ["set-cookie", "id=1"], ["x-user", "one"], [
        "x-all",
        "",
      ]],
    });
    await settled();
    const late = await counter.ask();
    equal(first.field("set-cookie"), "id=1");
    for (const follower of [second, late]) {
      equal(follower.result, "collapsed");
      equal(follower.field("set-cookie"), undefined, control);
      equal(follower.field("x-all"), "");
      if (control.includes("x-user")) equal(follower.field("x-user"), undefined, control);
    }
  }
});

Deno.test("a tenant whose origin hangs has a part of the refreshes, and others have theirs", async () => {
  const counter = new Counter({ settings: { staleWhileRevalidateMs: 60_000 } });
  const other = { tenant: "other", service: "s" };
  const fill = async (path: string, who: typeof other) => {
    await counter.ask(path, [], "GET", who);
    counter.last.head({ fields: [["cache-control", "max-age=1"]] }, "kept");
    await settled();
  };
  const { tenantRefreshesMax } = servingLimits;
  const paths = Array.from({ length: tenantRefreshesMax + 3 }, (_, at) => `/${at}`);
  for (const path of paths) await fill(path, owner);
  await fill("/", other);
  counter.clock.pass(5_000);
  for (const path of paths) equal((await counter.ask(path)).result, "stale");
  const refreshes = () => counter.fetches.filter(({ purpose }) => purpose === "refresh");
  equal(refreshes().length, tenantRefreshesMax);
  await counter.ask("/", [], "GET", other);
  equal(refreshes().length, tenantRefreshesMax + 1);
  for (const refresh of refreshes()) refresh.head({ fields: [fresh] }, "new");
  await settled();
  equal((await counter.ask(paths.at(-1))).result, "stale");
  equal(refreshes().length, tenantRefreshesMax + 2);
});

Deno.test("what was validated and can be read no longer is fetched whole, before anything is promised of it", async () => {
  const counter = new Counter();
  await kept(counter, [["cache-control", "max-age=1"], ["etag", '"a"']]);
  counter.clock.pass(2_000);
  const client = await counter.ask();
  // Meanwhile its bytes have gone, as those of a file that another thread lets go of.
  const request = {
    method: "GET",
    scheme: "http",
    host: "h",
    path: "/",
    query: undefined,
    fields: [],
  } as const;
  const action = counter.cache.ask(
    { owner, request, settings: counter.settings },
    counter.clock.ms,
  );
  ok(action.kind === "forward" && action.outbound.kept !== undefined);
  Object.assign(action.outbound.kept.body, {
    read: () => {
      throw new Error("it has gone");
    },
  });
  counter.last.head({ status: 304, fields: [fresh, ["etag", '"a"']] });
  await settled();
  equal(client.answered, undefined);
  equal(counter.fetches.length, 3);
  deepEqual(counter.last.request.fields, [], "without a condition");
  counter.last.head({ fields: [fresh] }, "again");
  await settled();
  check([client], "miss 200 whole again");
});
