/** Offers to change the protocol of a connection (RFC 9110 §7.8). */

import { fieldValues, type HttpRequest } from "./message.ts";

/**
 * The protocols to which a client offers to change with this request, in its order of preference; none where it does
 * not, or must not. A request with a body offers none here: the change would have to wait for the end of that.
 */
export function offeredProtocols(
  { version = "1.1", fields, body }: Pick<HttpRequest, "version" | "fields" | "body">,
): readonly string[] {
  // §7.8: an Upgrade from HTTP/1.0 is to be ignored, and one that Connection does not name was meant for another hop.
  if (version !== "1.1" || body !== undefined) return [];
  const options = list(fieldValues(fields, "connection"));
  if (!options.some((option) => option.toLowerCase() === "upgrade")) return [];
  const protocols = list(fieldValues(fields, "upgrade"));
  return protocols.every((protocol) => protocolPattern.test(protocol)) ? protocols : [];
}

/** RFC 9110 §5.6.1: empty elements of a list are none. */
function list(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(",")).map((item) => item.trim())
    .filter((item) => item !== "");
}

const protocolPattern = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:\/[!#$%&'*+\-.^_`|~0-9A-Za-z]+)?$/;
