/**
 * What a node passes on of a request's fields to a backend, and of a response's back: a pure function each.
 *
 * What always holds: nothing of one connection reaches the next (RFC 9110 §7.6.1), and what a backend is told of the
 * client, the node vouches for.
 */

import { err, ok, type Result } from "@skerry/base";
import {
  connectionOptions,
  type Field,
  fieldValues,
  hopByHopFields,
  type HttpRequest,
  isClientClaim,
  surrogateDevice,
} from "@skerry/http";

/** Whether what a client says of whom it speaks for is believed, because another proxy of ours stands in front. */
export type ForwardedPolicy = "replace" | "append";

/** What is known where a request is passed on. */
export interface ForwardFacts {
  /** This node's name in `Via`: a token that no other has. */
  readonly pseudonym: string;
  readonly forwarded: ForwardedPolicy;
  /** The host that the client has named, as it named it. */
  readonly host: string;
  /** How often a request may have passed this node. */
  readonly loopsMax: number;
}

/** Ours to say, or to do; and what programs behind CGI would take for the proxy to use (CVE-2016-5385). */
const neverPassed: ReadonlySet<string> = new Set([
  ...["host", "expect", "http2-settings", "proxy", "surrogate-capability"],
]);

/** The fields for a backend. `loop` where the request has passed this node too often (RFC 9110 §7.6.3). */
export function requestFields(
  request: Pick<HttpRequest, "fields" | "version" | "scheme" | "peer">,
  facts: ForwardFacts,
): Result<readonly Field[], "loop"> {
  const via = fieldValues(request.fields, "via");
  const passed = via.flatMap((value) => value.split(","))
    .filter((one) => receivedBy(one) === facts.pseudonym.toLowerCase()).length;
  if (passed >= facts.loopsMax) return err("loop");
  const ofConnection = connectionOptions(request.fields);
  const fields = request.fields.filter(([name]) => {
    // Programs behind CGI and its like read `X_Forwarded_For` as the same name.
    const plain = name.toLowerCase().replaceAll("_", "-");
    if (ofConnection.has(name.toLowerCase()) || hopByHopFields.has(plain)) return false;
    if (neverPassed.has(plain)) return false;
    return !isClientClaim(plain) ||
      (facts.forwarded === "append" && appended.has(name.toLowerCase()));
  });
  const told = [...clientFacts(request, facts), capabilityField(request.fields, facts)];
  return ok([...fields, ...told, viaField(request.version, facts)]);
}

/** The fields for a client. */
export function responseFields(
  status: number,
  fields: readonly Field[],
  { pseudonym }: Pick<ForwardFacts, "pseudonym">,
): readonly Field[] {
  const kept = withoutConnection(fields).filter(([name]) => {
    const lower = name.toLowerCase();
    // RFC 9110 §8.6: not where there is no body; RFC 7838: another way to this backend is none to this node.
    return lower !== "alt-svc" && !(lower === "content-length" && (status < 200 || status === 204));
  });
  return status < 200 ? kept : [...kept, ["via", `1.1 ${pseudonym}`]];
}

/** Fields of a message, or after its body, that are not for this connection alone (RFC 9110 §7.6.1). */
export function withoutConnection(fields: readonly Field[]): readonly Field[] {
  const ofConnection = connectionOptions(fields);
  return fields.filter(([name]) => {
    const lower = name.toLowerCase();
    return !ofConnection.has(lower) && !hopByHopFields.has(lower);
  });
}

/** Those of them that a proxy of ours has appended to. */
const appended: ReadonlySet<string> = new Set(["forwarded", "x-forwarded-for"]);

/** RFC 7239 §4, and what came before it. */
function clientFacts(
  { scheme, peer }: Pick<HttpRequest, "scheme" | "peer">,
  { host }: ForwardFacts,
): Field[] {
  const isSix = peer.address.includes(":");
  // §6: what has a colon is quoted; a host that came through validation has no quotes.
  const node = isSix ? `"[${peer.address}]"` : peer.address;
  return [
    ["forwarded", `for=${node};host="${host}";proto=${scheme}`],
    ["x-forwarded-for", peer.address],
    ["x-forwarded-host", host],
    ["x-forwarded-proto", scheme],
  ];
}

/**
 * What this node heeds in `Surrogate-Control` (Edge Architecture §2.2), after what those say that stand before it. What any
 * client says would have an origin answer all others in its way.
 */
function capabilityField(fields: readonly Field[], { forwarded }: ForwardFacts): Field {
  const others = forwarded === "append" ? fieldValues(fields, capability) : [];
  return [capability, [...others, `${surrogateDevice}="Surrogate/1.0"`].join(", ")];
}

const capability = "surrogate-capability";

/** RFC 9110 §7.6.3. */
function viaField(version: HttpRequest["version"], { pseudonym }: ForwardFacts): Field {
  return ["via", `${version ?? "1.1"} ${pseudonym}`];
}

/** The second word of an element of `Via`. */
function receivedBy(element: string): string | undefined {
  return element.trim().split(/[ \t]+/)[1]?.toLowerCase();
}
