/**
 * Who a client is where requests come through proxies that an operator trusts: what they say of whom they speak for is
 * believed, what anybody else says is not.
 */

import { err, ok, type Result } from "@skerry/base";
import { type AddressBlock, isInBlock, parseAddressBlock, parseIpAddress } from "@skerry/egress";
import { derivedRequest, fieldValues, type HttpRequest } from "@skerry/http";

/** Blocks of addresses. */
export type TrustedProxies = readonly AddressBlock[];

/** Reads blocks such as `10.0.0.0/8`, or says what is wrong with them. */
export function parseTrustedProxies(texts: readonly string[]): Result<TrustedProxies, string> {
  const blocks: AddressBlock[] = [];
  for (const text of texts) {
    const block = parseAddressBlock(text);
    if (block === undefined) return err(`${text} is no block of addresses such as 10.0.0.0/8`);
    blocks.push(block);
  }
  return ok(blocks);
}

/**
 * The request as its client made it: from the last address of `X-Forwarded-For` that is no trusted proxy's, by the
 * scheme of the last `X-Forwarded-Proto`. As it came where it came from nobody who is trusted.
 */
export function clientsRequest(request: HttpRequest, trusted: TrustedProxies): HttpRequest {
  if (!isTrusted(request.peer.address, trusted)) return request;
  const address = clientAddress(fieldValues(request.fields, "x-forwarded-for"), trusted);
  const protocols = fieldValues(request.fields, "x-forwarded-proto").join(",");
  const scheme = protocols.split(",").at(-1)?.trim();
  return derivedRequest(request, {
    ...(address !== undefined && { peer: { address, port: 0 } }),
    ...((scheme === "https" || scheme === "http") && { scheme }),
  });
}

/** Read from its end: what stands before an address that nobody trusted has added may be anything. */
function clientAddress(values: readonly string[], trusted: TrustedProxies): string | undefined {
  const hops = values.join(",").split(",").map((hop) => hop.trim());
  let client: string | undefined;
  for (const hop of hops.reverse()) {
    if (parseIpAddress(hop) === undefined) return client;
    client = hop;
    if (!isTrusted(hop, trusted)) return client;
  }
  return client;
}

function isTrusted(text: string, trusted: TrustedProxies): boolean {
  const address = parseIpAddress(text);
  return address !== undefined && trusted.some((block) => isInBlock(address, block));
}
