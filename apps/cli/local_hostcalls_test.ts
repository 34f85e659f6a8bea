import { deepEqual, equal, fail } from "node:assert/strict";
import { encodeUtf8 } from "@skerry/base";
import { CacheAccess, hostcallInterfaces } from "@skerry/hostcalls";
import { systemClock, systemRandom } from "@skerry/platform";
import { createWasiContext } from "@skerry/wasi";
import { LocalHostcalls } from "./local_hostcalls.ts";

const key = encodeUtf8("a");

/** The cache as requests of a program find it. */
class Requests {
  readonly #bind: ReturnType<LocalHostcalls["bindingsFor"]>;

  constructor(hostcalls: LocalHostcalls, service: string) {
    this.#bind = hostcalls.bindingsFor({ interfaces: hostcallInterfaces }, service);
  }

  has(): boolean {
    return this.#next().find(key, []) !== undefined;
  }

  keep(): void {
    const access = this.#next();
    const times = { lifetimeMs: 60_000, staleWhileRevalidateMs: 0, initialAgeMs: 0 };
    const terms = { ...times, surrogateKeys: [], metadata: new Uint8Array(0), vary: [] };
    access.fragments.insert(access.nameOf(key, []), terms, access.takeBegun(key)).finish();
  }

  #next(): CacheAccess {
    const context = createWasiContext({ clock: systemClock, random: systemRandom });
    const states = this.#bind?.(context).map(({ state }) => state) ?? [];
    const access = states.find((state) => state instanceof CacheAccess);
    if (access === undefined) throw new Error("the program imports the cache");
    return access;
  }
}

Deno.test("what a program has cached is found by its service's next request, and by no other service's", () => {
  const hostcalls = new LocalHostcalls();
  const [one, other] = [new Requests(hostcalls, "one"), new Requests(hostcalls, "other")];
  one.keep();
  equal(one.has(), true);
  equal(other.has(), false);
});

Deno.test("a program that takes another's place finds nothing of what that has cached", () => {
  const hostcalls = new LocalHostcalls();
  const [before, other] = [new Requests(hostcalls, "one"), new Requests(hostcalls, "other")];
  before.keep();
  other.keep();
  equal(new Requests(hostcalls, "one").has(), false);
  equal(other.has(), true);
});

Deno.test("responses are kept where a manifest says so, until another program takes their program's place", async () => {
  const hostcalls = new LocalHostcalls();
  equal(hostcalls.cacheRulesOf("one", undefined), undefined);
  equal(hostcalls.cacheRulesOf("one", {}), undefined);
  const rules = hostcalls.cacheRulesOf("one", { mode: "cache" }) ?? fail();
  hostcalls.bindingsFor({ interfaces: [] }, "one");
  const fields = [["cache-control", "max-age=60"]] as const;
  const get = { method: "GET", scheme: "http", fields: [], body: undefined } as const;
  const ask = async () => {
    const request = { ...get, host: "a", path: "/", query: undefined };
    const { result } = await hostcalls.cacheServer.answer(
      { ...rules, request },
      { ...get, target: "/", peer: { address: "", port: 0 }, whenGone: () => {} },
      () => Promise.resolve({ kind: "answered", response: { status: 200, fields, body: key } }),
    );
    return result;
  };
  deepEqual([await ask(), await ask()], ["miss", "hit"]);
  hostcalls.bindingsFor({ interfaces: [] }, "one");
  deepEqual([await ask(), await ask()], ["miss", "hit"]);
});
