import assert from "node:assert/strict";
import {
  bind,
  Channel,
  type Guest,
  type HostInterface,
  type Lease,
  Pool,
  suspending,
} from "./mod.ts";
import { Stepper } from "./stepper.ts";
import { programOf } from "./testing/compile_text.ts";
import { settled } from "./testing/hand_clock.ts";

const price: Channel<{ readonly item: number }, number> = new Channel("price");
const name: Channel<string, string> = new Channel("name");

/** What its host functions have kept of the guest. */
interface Kept {
  guest?: Guest<Kept>;
}

const shop: HostInterface<Kept> = {
  module: "shop",
  functions: {
    price: suspending(["i32"], ["i32"], (guest, item) => guest.yield(price, { item })),
    greet: suspending([], ["i32"], async (guest) => {
      guest.state.guest = guest;
      return (await guest.yield(name, "who is there?")).length;
    }),
  },
};

const program = await programOf(
  `(module (import "shop" "price" (func $price (param i32) (result i32)))
    (import "shop" "greet" (func $greet (result i32)))
    (func (export "buy") (result i32)
      (i32.add (call $price (i32.const 1)) (call $price (i32.const 2))))
    (func (export "greet") (result i32) (call $greet))
    (func (export "greet and buy") (result i32)
      (i32.add (call $greet) (call $price (i32.const 7))))
    (func (export "nothing")))`,
  shop,
);

function leased(state: Kept = {}): Lease {
  const lease = new Pool().leaseNow(program, { bindings: [bind(shop, state)] });
  assert.ok(typeof lease === "object");
  return lease;
}

Deno.test("a guest goes on with the answers to what its host functions yield", async () => {
  const lease = leased();
  const prices: Record<number, number> = { 1: 30, 2: 12 };
  let step = await lease.start("buy");
  const asked: number[] = [];
  while (step.kind === "yielded") {
    assert.equal(step.channelName, "price");
    const question = step.on(price);
    assert.ok(question !== undefined);
    asked.push(question.value.item);
    step = await question.resume(prices[question.value.item] ?? 0);
  }
  assert.deepEqual(asked, [1, 2]);
  assert.deepEqual(step.outcome, { kind: "returned", values: [42] });
  lease.release();
});

Deno.test("a value is seen on its own channel alone, whatever another one is called", async () => {
  const lease = leased();
  let step = await lease.start("greet and buy");
  assert.ok(step.kind === "yielded");
  assert.equal(step.on(price), undefined);
  assert.equal(step.on(new Channel<string, string>("name")), undefined);
  const question = step.on(name);
  assert.equal(question?.value, "who is there?");
  step = await question?.resume("Lotte") ?? step;
  assert.ok(step.kind === "yielded" && step.channelName === "price");
  step = await step.on(price)?.resume(10) ?? step;
  assert.ok(step.kind === "ended");
  assert.deepEqual(step.outcome, { kind: "returned", values: [15] });
  lease.release();
});

Deno.test("a guest that yields nothing comes to its end in one step", async () => {
  const lease = leased();
  const step = await lease.start("nothing");
  assert.deepEqual(step, { kind: "ended", outcome: { kind: "returned", values: [] } });
  lease.release();
});

Deno.test("a guest that yields in a lease which nobody steps is a host fault, and says so", async () => {
  const lease = leased();
  const outcome = await lease.run("greet");
  assert.ok(outcome.kind === "hostFault");
  assert.match(String(outcome.error), /yields on "name", and its lease is not stepped/);
  lease.release();
});

Deno.test("a lease that is killed while its guest waits for an answer ends; the answer comes too late", async () => {
  const lease = leased();
  const step = await lease.start("buy");
  assert.ok(step.kind === "yielded");
  lease.kill("enough");
  await settled();
  const end = await step.on(price)?.resume(1);
  assert.ok(end?.kind === "ended" && end.outcome.kind === "killed");
  const again = await step.on(price)?.resume(1);
  assert.deepEqual(again, end);
  lease.release();
});

Deno.test("INV-3: what a host function yields after its lease has ended reaches nobody", async () => {
  const state: Kept = {};
  const lease = leased(state);
  const step = await lease.start("greet");
  assert.ok(step.kind === "yielded");
  const end = await step.on(name)?.resume("x");
  assert.equal(end?.kind, "ended");
  void state.guest?.yield(name, "too late");
  assert.deepEqual(await step.on(name)?.resume("y"), end);
  lease.release();
});

Deno.test("values that are yielded at once are seen one after the other", async () => {
  const stepper = new Stepper();
  const answers = Promise.all([stepper.ask(price, { item: 1 }), stepper.ask(price, { item: 2 })]);
  const first = await stepper.next();
  assert.ok(first.kind === "yielded");
  const second = await first.on(price)?.resume(5);
  assert.ok(second?.kind === "yielded");
  const third = second.on(price)?.resume(6);
  assert.deepEqual(await answers, [5, 6]);
  stepper.end({ kind: "returned", values: [] });
  assert.equal((await third)?.kind, "ended");
});

Deno.test("a mistake of ours comes out of the step, and not as an outcome", async () => {
  const lease = leased();
  await lease.run("nothing");
  await assert.rejects(lease.start("nothing"));
  lease.release();
});
