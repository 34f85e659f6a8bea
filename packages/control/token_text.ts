/**
 * Tokens as texts: `skerry_`, 16 digits by which the token is found, 64 digits that make it one (256 random bits), and
 * 8 of a checksum, so that what was cut off or mistyped is known without a look at the store, and leaked ones are
 * found by search. What is kept of a token is its SHA-256: of 256 random bits nobody finds what they were.
 */

import { bytesEqual, encodeUtf8, type RandomSource, sha256 } from "@skerry/base";

const pattern = /^skerry_([0-9a-f]{16})[0-9a-f]{64}([0-9a-f]{8})$/;
const idBytes = 8;
const secretBytes = 32;
const checksumBytes = 4;
const checksumDigits = 2 * checksumBytes;

/** A token that was just made: the only moment at which its text is known. */
export interface NewToken {
  readonly id: string;
  readonly text: string;
  readonly hash: Uint8Array;
}

/** Whether a text has a token's form: what has not is none, and nobody has to be asked. */
export function isTokenText(text: string): boolean {
  return pattern.test(text);
}

/** Makes a token. */
export async function makeToken(random: RandomSource): Promise<NewToken> {
  const bytes = new Uint8Array(idBytes + secretBytes);
  random.fill(bytes);
  const body = `skerry_${bytes.toHex()}`;
  const text = `${body}${(await checksum(body)).toHex()}`;
  return { id: bytes.subarray(0, idBytes).toHex(), text, hash: await tokenHash(text) };
}

/** The id in a text that may be a token; undefined where it cannot be one. */
export async function tokenId(text: string): Promise<string | undefined> {
  const [, id, digits] = pattern.exec(text) ?? [];
  if (id === undefined || digits === undefined) return undefined;
  const expected = await checksum(text.slice(0, -checksumDigits));
  return bytesEqual(Uint8Array.fromHex(digits), expected) ? id : undefined;
}

/** What is kept of a token. */
export async function tokenHash(text: string): Promise<Uint8Array> {
  return await sha256(encodeUtf8(text));
}

/** Whether two hashes are the same, in a time that does not tell where they differ. */
export function hashesEqual(left: Uint8Array, right: Uint8Array): boolean {
  let difference = left.length ^ right.length;
  for (const [index, byte] of left.entries()) difference |= byte ^ (right[index] ?? 0);
  return difference === 0;
}

async function checksum(body: string): Promise<Uint8Array> {
  return (await sha256(encodeUtf8(`checksum of ${body}`))).slice(0, checksumBytes);
}
