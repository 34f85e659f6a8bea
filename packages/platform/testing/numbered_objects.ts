/** Objects that tell which they are, for tests of what became of them. */

import {
  bodyOf,
  type CacheKey,
  defaultCacheSettings,
  DiskObjects,
  type KeptVariant,
  store,
  type StoredResponse,
} from "@skerry/cache";
import { objectDigests, openObjectFiles } from "../object_files.ts";

/** A disk tier of one process. */
export function openObjects(folder: string, secret: Uint8Array): DiskObjects {
  return new DiskObjects({
    files: openObjectFiles(folder),
    digests: objectDigests(secret),
    nowMs: () => performance.now(),
    onTrouble: (trouble) => {
      throw trouble.kind === "failed" ? trouble.error : new Error("it had not failed");
    },
  });
}

export function keyOf(name: string): CacheKey {
  const text = `t\ns\nhttp://h/${name}`;
  return { owner: { tenant: "t", service: "s" }, host: "h", resource: text, text };
}

/** A response with a number, and its body. */
export function numbered(number: number, bytes: number): KeptVariant {
  const body = new Uint8Array(bytes).map((_, at) => at * 31 + (at >> 8) + number);
  return { stored: numberedHead(number), body: bodyOf(body) };
}

function numberedHead(number: number): StoredResponse {
  const fields = [["cache-control", "max-age=60"], ["x-number", String(number)]] as const;
  const request = {
    method: "GET",
    scheme: "http",
    host: "h",
    path: "/",
    query: undefined,
  } as const;
  const times = { requestMs: 1000 + number, responseMs: 1000 + number };
  const storing = store(
    { ...request, fields: [] },
    { status: 200, fields },
    times,
    0,
    defaultCacheSettings,
  );
  if (storing.kind !== "keep") throw new Error(storing.reason);
  return storing.stored;
}

/** The number of a response that was kept. */
export function numberOf({ stored }: KeptVariant): number {
  return Number(stored.fields.find(([name]) => name === "x-number")?.[1]);
}

/** In how large pieces it comes. */
const pieceBytes = 5_000;

/** Keeps a large body as it comes. */
export async function keepLarge(
  objects: DiskObjects,
  name: string,
  { stored, body }: KeptVariant,
): Promise<"kept" | "dropped"> {
  const storing = await objects.begin(keyOf(name), stored);
  if (storing === undefined) return "dropped";
  for (let at = 0; at < body.bytes; at += pieceBytes) {
    for (const slice of body.slices(at, at + pieceBytes - 1)) await storing.append(slice);
  }
  const isWhole = await storing.finish();
  if (isWhole) return objects.put(keyOf(name), { stored, body: storing });
  storing.end();
  return "dropped";
}

/** Keeps a small one, and waits until it is. */
export async function keepSmall(
  objects: DiskObjects,
  name: string,
  variant: KeptVariant,
): Promise<void> {
  objects.forget(keyOf(name), variant.stored);
  objects.used(keyOf(name), variant, () => true);
  while (!objects.mayHave(keyOf(name))) await new Promise((resolve) => setTimeout(resolve));
}
