/** Identifiers. */

import type { RandomSource } from "./ports.ts";

/** A request's id: 16 random bytes as 32 hexadecimal digits, the shape of a W3C trace id. */
export function newRequestId(random: RandomSource): string {
  const bytes = new Uint8Array(16);
  random.fill(bytes);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
