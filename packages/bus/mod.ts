/**
 * What nodes tell each other: purges, and when each has applied them. Which nodes there are, and how it is carried, is behind a
 * port; its form here is one node that is alone.
 *
 * @module
 */
export type { PurgeBus, PurgeNotice, PurgeReceipt, PurgeSubscriber } from "./purge_bus.ts";
export { LocalBus, type LocalBusParts } from "./local_bus.ts";
