/** Names of tenants, services and contents. */

/** 1 to 63 of a-z, 0-9 and inner hyphens, as in a host's label. */
export const namePattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** A content by its SHA-256. */
export const digestPattern = /^sha256:[0-9a-f]{64}$/;

/** Names that JavaScript gives a meaning of its own. */
export const reservedNames: ReadonlySet<string> = new Set([
  "__proto__",
  "constructor",
  "prototype",
]);

/** What an entry of a configuration or a secret is called: guests find the latter two as files. */
export const entryPattern = /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,126}[A-Za-z0-9_-])?$/;

/** What `namePattern` takes, for people. */
export const nameForm = "1 to 63 of a-z, 0-9 and inner hyphens";

/** What `entryPattern` takes, for people. */
export const entryForm = "1 to 128 of letters, digits, _, - and inner dots";

/** Whether a text names a tenant or a service. */
export function isName(text: string): boolean {
  return namePattern.test(text);
}

/** Whether a text names an entry of a configuration, or a secret. */
export function isEntryName(text: string): boolean {
  return entryPattern.test(text) && !reservedNames.has(text);
}

/** Whether a text is a digest. */
export function isDigest(text: string): boolean {
  return digestPattern.test(text);
}

/** The digest of 32 bytes that SHA-256 has given. */
export function digestText(hash: Uint8Array): string {
  return `sha256:${hash.toHex()}`;
}
