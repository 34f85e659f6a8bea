import { bind, compile, type Guest, immediate, Pool } from "@skerry/sandbox";
import { greeter } from "./guests.ts";

const say = immediate(["i32", "i32"], [], ({ memory, state }: Guest<string[]>, at, length) => {
  state.push(new TextDecoder().decode(memory.copy(at, length)));
});
const host = { module: "host", functions: { say } };
const compiled = await compile(greeter, { interfaces: [host] });
if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
const said: string[] = [];
const lease = new Pool().leaseNow(compiled.value, { bindings: [bind(host, said)], cpuMsMax: 50 });
if (typeof lease === "string") throw new Error(lease);
const outcome = await lease.run("greet", [21]);
lease.release();

export const answer = { outcome, said };
