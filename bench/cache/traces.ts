/** Requests as caches get them, the same in each run: a key and its size. */

/** One request. */
export interface Request {
  readonly key: number;
  readonly bytes: number;
}

/** A trace, with what is known of it. */
export interface Trace {
  readonly name: string;
  readonly requests: readonly Request[];
}

const objects = 50_000;
const length = 400_000;

/** Popularity by Zipf's law, alone, with scans, and with what is popular changing. */
export function traces(): readonly Trace[] {
  return [
    { name: "zipf 0.8", requests: zipf(0.8, 0, 0) },
    { name: "zipf 1.0", requests: zipf(1.0, 0, 0) },
    { name: "zipf 0.8 + scans", requests: zipf(0.8, 0.3, 0) },
    { name: "zipf 1.0 + scans", requests: zipf(1.0, 0.3, 0) },
    { name: "zipf 0.9, drifting", requests: zipf(0.9, 0, 20_000) },
  ];
}

/**
 * @param scanShare which part of the requests is for what is asked for once, in runs
 * @param driftEvery after how many requests the most popular hundredth are others; 0 for never
 */
function zipf(exponent: number, scanShare: number, driftEvery: number): Request[] {
  const random = randomFrom(42);
  const sums = new Float64Array(objects);
  let sum = 0;
  for (let rank = 0; rank < objects; rank += 1) sums[rank] = sum += (rank + 1) ** -exponent;
  const requests: Request[] = [];
  const scanLength = 5_000;
  let [scanned, drift] = [objects, 0];
  while (requests.length < length) {
    if (scanShare > 0 && random() < scanShare / scanLength / (1 - scanShare)) {
      for (let at = 0; at < scanLength; at += 1) requests.push(request(scanned += 1));
    }
    if (driftEvery > 0 && requests.length % driftEvery === 0) drift += objects / 100;
    const rank = search(sums, random() * sum);
    requests.push(request((rank + drift) % objects));
  }
  return requests;
}

/** Sizes from 200 bytes to 1 MB, most of them small, each key's its own. */
function request(key: number): Request {
  const unit = (Math.imul(key + 1, 0x9e3779b1) >>> 0) / 2 ** 32;
  return { key, bytes: Math.round(200 * 5000 ** (unit ** 3)) };
}

function search(sums: Float64Array, wanted: number): number {
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = low + high >> 1;
    if ((sums[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Mulberry32: good enough to choose keys by. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = state + 0x6d2b79f5 | 0;
    let mixed = Math.imul(state ^ state >>> 15, 1 | state);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  };
}
