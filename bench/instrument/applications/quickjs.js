/* What a request's program does: splits text, counts, sorts, matches, prints JSON. The value is its function. */

function round() {
  const words = text.split(/[^a-z]+/);
  const counts = new Map();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const ranked = [...counts].map(([word, count]) => ({ word, count, weight: weigh(word) }));
  ranked.sort((left, right) => right.count - left.count || left.weight - right.weight);
  const printed = JSON.stringify({ ranked, primes: primesBelow(9000) });
  const read = JSON.parse(printed);
  return checksum(printed) ^ read.ranked.length ^ new Matcher("tide").count(text);
}

const text = Array.from(
  { length: 1000 },
  (_, index) => `the tide of skerry ${String.fromCharCode(97 + index % 26)}${index % 7} rises; `,
).join("");

function weigh(word) {
  let weight = 0;
  for (const character of word) weight = (weight * 31 + character.codePointAt(0)) % 65521;
  return weight;
}

function primesBelow(limit) {
  const composite = new Uint8Array(limit);
  const primes = [];
  for (let at = 2; at < limit; at += 1) {
    if (composite[at]) continue;
    primes.push(at);
    for (let multiple = at * at; multiple < limit; multiple += at) composite[multiple] = 1;
  }
  return primes;
}

class Matcher {
  #pattern;
  constructor(word) {
    this.#pattern = new RegExp(`\\b(${word})\\s+(\\w+)`, "g");
  }
  count(text) {
    return [...text.matchAll(this.#pattern)].length;
  }
}

function checksum(text) {
  let sum = 0;
  for (let at = 0; at < text.length; at += 1) sum = (sum * 31 + text.charCodeAt(at)) | 0;
  return sum >>> 1;
}

round;
