/** Fields by which a proxy tells who its client is, and which any client can send: what they say is a claim. */

const claims: ReadonlySet<string> = new Set([
  "forwarded",
  "forwarded-for",
  "x-original-forwarded-for",
  "x-original-host",
  "x-real-ip",
  "x-client-ip",
  "x-cluster-client-ip",
  "x-envoy-external-address",
  "true-client-ip",
  "cf-connecting-ip",
  "fastly-client-ip",
]);

/** Whether a field is one of those that say who a client is, to those who believe them. @param name in lower case */
export function isClientClaim(name: string): boolean {
  return claims.has(name) || name.startsWith("x-forwarded");
}
