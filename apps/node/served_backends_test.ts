import { equal, fail, notEqual } from "node:assert/strict";
import { Backends, globalAddressesOnly, type Network } from "@skerry/egress";
import { systemClock, systemRandom } from "@skerry/platform";
import { ServedBackends } from "./served_backends.ts";

const network: Network = {
  resolve: () => fail("nobody is asked for"),
  pool: () => ({ send: () => fail("nothing is sent"), close: () => {} }),
};

Deno.test("a backend is shared by the versions of a service, and with none that has its name later", () => {
  const served = new ServedBackends(new Backends(network, systemClock, systemRandom), systemClock);
  const backendOf = (key: number) =>
    served.of({
      ...{ tenant: "acme", key, settings: { there: { origin: "http://there.example" } } },
      ...{ policy: globalAddressesOnly, privateBackends: [] },
    }).get("there");
  const first = backendOf(1);
  equal(backendOf(1), first);
  notEqual(backendOf(2), first);
});
