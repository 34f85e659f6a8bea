/**
 * The entries of a tar archive, each with its long names and attributes already put together. The bytes are hostile:
 * every length is checked before it is used, and what is not understood is refused rather than passed over.
 */

import { decodeUtf8 } from "@skerry/base";
import { readTarHeader, tarBlockBytes, type TarHeader } from "./bundle_header.ts";
import { BundleProblem } from "./bundle_problem.ts";

/** One file, folder or link of an archive. */
export interface TarEntry {
  readonly type: string;
  readonly name: string;
  readonly linkName: string;
  readonly modifiedNs: bigint;
  /** A view of the archive. */
  readonly contents: Uint8Array;
  /** Where its header stands in the archive. */
  readonly at: number;
}

/** Attributes of the entry that comes next, or of all that follow: no more than these are kept of them. */
type Attributes = ReadonlyMap<Attribute, string>;
type Attribute = "path" | "linkpath" | "size" | "mtime" | "sparse";

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Names and attributes of one entry, at most. */
const extensionBytesMax = 1024 * 1024;

/** Digits of a time, at most. */
const timeLengthMax = 64;

/** All entries in their order, up to the end that the archive marks. */
export function* tarEntries(archive: Uint8Array): Generator<TarEntry> {
  let shared: Attributes = new Map();
  let own: Map<Attribute, string> = new Map();
  for (let at = 0;;) {
    const block = archive.subarray(at, at + tarBlockBytes);
    if (block.length < tarBlockBytes) throw cutOff(at);
    if (block.every((byte) => byte === 0)) return checkEnd(archive, at, own);
    const header = readTarHeader(block);
    if (header === undefined) {
      throw new BundleProblem(
        at,
        "this is no header of a tar archive",
        "pack it again, uncompressed",
      );
    }
    const start = at + tarBlockBytes;
    const bytes = bytesOf(header, own.get("size") ?? shared.get("size"), at);
    if (bytes > archive.length - start) throw cutOff(at);
    const contents = archive.subarray(start, start + bytes);
    switch (header.type) {
      case "g":
        shared = new Map([...shared, ...attributes(contents, at)]);
        break;
      case "x":
        own = new Map([...own, ...attributes(contents, at)]);
        break;
      case "L":
        own.set("path", text(withoutEnd(contents), at));
        break;
      case "K":
        own.set("linkpath", text(withoutEnd(contents), at));
        break;
      default:
        yield entryOf(header, shared.size === 0 ? own : new Map([...shared, ...own]), contents, at);
        if (own.size > 0) own = new Map();
    }
    at = start + Math.ceil(bytes / tarBlockBytes) * tarBlockBytes;
  }
}

function entryOf(header: TarHeader, known: Attributes, contents: Uint8Array, at: number): TarEntry {
  if (known.has("sparse")) {
    throw new BundleProblem(at, "it is stored sparsely", "pack it without --sparse");
  }
  return {
    type: header.type,
    name: known.get("path") ?? text(header.name, at),
    linkName: known.get("linkpath") ?? text(header.linkName, at),
    modifiedNs: timeOf(known.get("mtime")) ?? header.modifiedNs,
    contents,
    at,
  };
}

/** How much follows a header. An attribute says it where the header has no room for it. */
function bytesOf(header: TarHeader, attribute: string | undefined, at: number): number {
  const isExtension = "gxLK".includes(header.type);
  const told = attribute === undefined || isExtension ? header.bytes : wholeNumber(attribute);
  if (told === undefined) throw new BundleProblem(at, "its size is no number", "pack it again");
  if (isExtension && told > extensionBytesMax) {
    throw new BundleProblem(at, "its names and attributes are too long", "shorten its path");
  }
  return told;
}

/**
 * Records of a pax extended header: `LENGTH KEY=VALUE\n`, where the length counts all of the record. What nothing is
 * done with is read and not kept: attributes of all that follow are looked at again for each entry.
 */
function attributes(contents: Uint8Array, at: number): Map<Attribute, string> {
  const found = new Map<Attribute, string>();
  for (let from = 0; from < contents.length;) {
    const space = contents.indexOf(0x20, from);
    const length = wholeNumber(decodeUtf8(contents.subarray(from, Math.max(from, space))));
    const end = from + (length ?? 0);
    const record = contents.subarray(space + 1, end - 1);
    const equals = record.indexOf(0x3d);
    if (
      space === -1 || length === undefined || end <= space + 1 || end > contents.length ||
      contents[end - 1] !== 0x0a || equals < 1
    ) {
      throw new BundleProblem(at, "its extended attributes cannot be read", "pack it again");
    }
    const key = attributeOf(text(record.subarray(0, equals), at));
    const value = record.subarray(equals + 1);
    // Only these are names; others may hold any bytes.
    const names = key === "path" || key === "linkpath";
    if (key !== undefined) found.set(key, names ? text(value, at) : decodeUtf8(value));
    from = end;
  }
  return found;
}

/** What a key says that matters here. */
function attributeOf(key: string): Attribute | undefined {
  switch (key) {
    case "path":
    case "linkpath":
    case "size":
    case "mtime":
      return key;
    default:
      return key.startsWith("GNU.sparse.") ? "sparse" : undefined;
  }
}

/** The archive ends with two blocks of zeros; one is let pass. Nothing but zeros may follow. */
function checkEnd(archive: Uint8Array, at: number, own: Attributes): void {
  if (own.size > 0) throw cutOff(at);
  const rest = archive.subarray(at);
  const other = rest.findIndex((byte) => byte !== 0);
  if (other === -1) return;
  const remedy = "pack all files into one archive; archives cannot be put one behind the other";
  throw new BundleProblem(at + other, "something follows the end of the archive", remedy);
}

function cutOff(at: number): BundleProblem {
  return new BundleProblem(at, "the archive is cut off", "copy or pack it again, uncompressed");
}

/** GNU's long names end in a NUL. */
function withoutEnd(contents: Uint8Array): Uint8Array {
  const end = contents.indexOf(0);
  return end === -1 ? contents : contents.subarray(0, end);
}

function text(bytes: Uint8Array, at: number): string {
  try {
    return bytes.length === 0 ? "" : strict.decode(bytes);
  } catch {
    throw new BundleProblem(at, "its name is not UTF-8", "rename it");
  }
}

function wholeNumber(digits: string): number | undefined {
  const value = /^\d{1,15}$/.test(digits) ? Number(digits) : undefined;
  return value;
}

/** Seconds since 1970, with a fraction. A long text is none: it would be read again for each entry that it holds for. */
function timeOf(text: string | undefined): bigint | undefined {
  if (text === undefined || text.length > timeLengthMax) return undefined;
  const match = /^(\d{1,12})(?:\.(\d{1,9})\d*)?$/.exec(text);
  if (match === null) return undefined;
  return BigInt(match[1] ?? 0) * 1_000_000_000n + BigInt((match[2] ?? "").padEnd(9, "0"));
}
