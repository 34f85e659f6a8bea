// Percent-encoding of the URL standard, without any host function.

import { decodeLossy } from "./utf8.js";

/** Encodes every character that `keep` does not accept, as UTF-8. A lone surrogate becomes U+FFFD. */
export function percentEncode(text, keep) {
  let out = "";
  for (const character of text.toWellFormed()) {
    out += keep(character) ? character : encodeCharacter(character);
  }
  return out;
}

function encodeCharacter(character) {
  if (character > "\x7f") return encodeURIComponent(character);
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

/** Decodes each run of %XX; bytes that are not UTF-8 become U+FFFD. */
export function percentDecode(text) {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      const bytes = run.slice(1).split("%").map((digits) => parseInt(digits, 16));
      return decodeLossy(Uint8Array.from(bytes)).text;
    }
  });
}
