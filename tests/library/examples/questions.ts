import { bind, Channel, compile, type Guest, Pool, suspending } from "@skerry/sandbox";
import { asker } from "./guests.ts";

/** A host function asks whoever runs the guest: a number goes out, a number comes back. */
const prices = new Channel<number, number>("prices");
const price = suspending(["i32"], ["f64"], (guest: Guest<void>, item) => guest.yield(prices, item));
const host = { module: "host", functions: { price } };
const compiled = await compile(asker, { interfaces: [host] });
if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
const lease = new Pool().leaseNow(compiled.value, { bindings: [bind(host, undefined)] });
if (typeof lease === "string") throw new Error(lease);
const asked: number[] = [];
let step = await lease.start("total");
while (step.kind === "yielded") {
  const question = step.on(prices);
  if (question === undefined) throw new Error(`nobody answers on ${step.channelName}`);
  asked.push(question.value);
  step = await question.resume(question.value * 1.5);
}
lease.release();

export const answer = { asked, outcome: step.outcome };
