import { systemClock } from "@skerry/platform";
import { LocalBus } from "./local_bus.ts";
import { busContract } from "./testing/bus_contract.ts";

busContract("a node that is alone", () => {
  let ids = 0;
  const bus = new LocalBus({ clock: systemClock, newId: () => `${ids += 1}` });
  return Promise.resolve({ bus, end() {} });
});
