/**
 * Which addresses a tenant's backends may have.
 *
 * Asked of the very address that is connected to, at every connection: whatever a name has told before, or tells
 * somebody else, decides nothing.
 */

import { err, ok, type Result } from "@skerry/base";
import {
  type AddressBlock,
  formatIpAddress,
  type IpAddress,
  isBlockInBlock,
  isInBlock,
  parseAddressBlock,
} from "./address.ts";
import {
  type AddressKind,
  fourIn,
  isTranslated,
  kindOfAddress,
  specialBlocks,
} from "./address_kinds.ts";

/** What an operator says of addresses. */
export interface AddressPolicySettings {
  /** Blocks that are let through though they are nobody's out there: `10.0.0.0/8`, `[fd00::]/8`. */
  readonly privateBackends?: readonly string[];
  /** Blocks that are not, though they are somebody's: the node's own, its network's translator's (RFC 6052). */
  readonly refused?: readonly string[];
  /** Ports that are let through though other protocols have them. */
  readonly ports?: readonly number[];
}

/** The same, read. */
export interface AddressPolicy {
  readonly opened: readonly AddressBlock[];
  readonly refused: readonly AddressBlock[];
  readonly ports: ReadonlySet<number>;
}

/** Global addresses alone. */
export const globalAddressesOnly: AddressPolicy = { opened: [], refused: [], ports: new Set() };

/** Kinds that are no single machine's: nothing opens them. */
const neverOpened: ReadonlySet<AddressKind> = new Set<AddressKind>([
  "unspecified",
  "this network",
  "multicast",
  "broadcast",
  "6to4",
  "Teredo",
  "IPv4-compatible",
  "IPv4-translated",
  "discard-only",
]);

/** Reads a policy, or says what is wrong with it. */
export function addressPolicy(settings: AddressPolicySettings): Result<AddressPolicy, string> {
  const opened: AddressBlock[] = [];
  for (const text of settings.privateBackends ?? []) {
    const block = parseAddressBlock(text);
    if (block === undefined) return err(notBlock(text));
    if (!canBeOpened(block)) {
      return err(
        `${JSON.stringify(text)} is not within one block of private addresses, such as 10.0.0.0/8`,
      );
    }
    opened.push(block);
  }
  const refused: AddressBlock[] = [];
  for (const text of settings.refused ?? []) {
    const block = parseAddressBlock(text);
    if (block === undefined) return err(notBlock(text));
    refused.push(block);
  }
  return ok({ opened, refused, ports: new Set(settings.ports) });
}

/** Why an address is not connected to, for the log; undefined where it may be. */
export function addressRefusal(address: IpAddress, policy: AddressPolicy): string | undefined {
  const carried = isTranslated(address) ? fourIn(address) : undefined;
  for (const seen of carried === undefined ? [address] : [address, carried]) {
    if (policy.refused.some((block) => isInBlock(seen, block))) {
      return `${formatIpAddress(address)} is refused by the operator`;
    }
  }
  const kind = kindOfAddress(address);
  if (kind === "global" || isOpened(carried ?? address, policy)) return undefined;
  return `${formatIpAddress(address)} is not a global address but ${kind}`;
}

/** A wide block opens nothing by the way: it counts only for addresses that are all of one kind in it. */
function isOpened(address: IpAddress, { opened }: AddressPolicy): boolean {
  const special = specialBlocks.find(({ block }) => isInBlock(address, block));
  if (special === undefined || neverOpened.has(special.kind)) return false;
  return opened.some((block) => isInBlock(address, block) && isBlockInBlock(block, special.block));
}

function canBeOpened(opened: AddressBlock): boolean {
  const special = specialBlocks.find(({ block }) => isBlockInBlock(opened, block));
  return special !== undefined && !neverOpened.has(special.kind);
}

function notBlock(text: string): string {
  return `${JSON.stringify(text)} is no block of addresses, such as 10.0.0.0/8 or [fd00::]/8`;
}
