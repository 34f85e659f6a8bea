/** Random file calls for property tests: made by fast-check, run on any guest, told as comparable values. */

import fc from "fast-check";
import { decodeUtf8 } from "@skerry/base";
import { fileRights, rights } from "../rights.ts";
import { failure, failureLater, type TestGuest, top, typeName } from "./guest.ts";

const pathLengthMax = 5;

/** Paths of few names, so that they meet; with dots, links out, and slashes in odd places. */
export const anyPath: fc.Arbitrary<string> = fc.tuple(
  fc.constantFrom("", "", "", "", "", "/", "./", "../"),
  fc.array(fc.constantFrom("a", "b", "c", "c", ".", "..", ""), {
    minLength: 1,
    maxLength: pathLengthMax,
  }),
  fc.constantFrom("", "", "", "/", "/."),
).map(([start, names, end]) => start + names.join("/") + end);

/** Paths of which most could exist. */
const tamePath: fc.Arbitrary<string> = fc.tuple(
  fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 3, size: "xsmall" }),
  fc.constantFrom("", "", "", "", "", "/", "/..", "/.", "/../a"),
).map(([names, end]) => names.join("/") + end);

const likelyPath = fc.oneof({ weight: 9, arbitrary: tamePath }, { weight: 1, arbitrary: anyPath });

type Command =
  | {
    readonly do: "mkdir" | "rmdir" | "unlink" | "list" | "read" | "readlink";
    readonly path: string;
  }
  | { readonly do: "rename" | "link" | "symlink"; readonly path: string; readonly to: string }
  | { readonly do: "write"; readonly path: string; readonly text: string; readonly how: How }
  | { readonly do: "stat"; readonly path: string; readonly links: "follow" | "keep" }
  | { readonly do: "resize"; readonly path: string; readonly bytes: number }
  | { readonly do: "touch"; readonly path: string; readonly links: "follow" | "keep" }
  /** Opens a file and leaves it open: the descriptors after the preopen are the ones that are left so. */
  | { readonly do: "keep"; readonly path: string }
  | { readonly do: "writeKept" | "readKept" | "closeKept"; readonly which: number };

/** The first descriptor after the preopen. */
const firstKept = top + 1;

type How = "new" | "cut" | "append" | "into";

/** Any sequence of calls. */
export const anyCommands: fc.Arbitrary<Command[]> = fc.array(
  fc.oneof(
    fc.record({
      do: fc.constantFrom("mkdir", "mkdir", "rmdir", "unlink", "list", "read", "readlink"),
      path: likelyPath,
    }),
    fc.record({
      do: fc.constantFrom("rename", "link", "symlink"),
      path: likelyPath,
      to: likelyPath,
    }),
    fc.record({
      do: fc.constant("write"),
      path: likelyPath,
      text: fc.string({ maxLength: 10 }),
      how: fc.constantFrom<How>("new", "cut", "append", "into"),
    }),
    fc.record({
      do: fc.constant("stat"),
      path: likelyPath,
      links: fc.constantFrom("follow", "keep"),
    }),
    fc.record({
      do: fc.constant("resize"),
      path: likelyPath,
      bytes: fc.constantFrom(0, 1, 5, 5000),
    }),
    fc.record({
      do: fc.constant("touch"),
      path: likelyPath,
      links: fc.constantFrom("follow", "keep"),
    }),
    fc.record({ do: fc.constant("keep"), path: likelyPath }),
    fc.record({
      do: fc.constantFrom("writeKept", "writeKept", "readKept", "readKept", "closeKept"),
      which: fc.nat({ max: 3 }),
    }),
  ) as fc.Arbitrary<Command>,
  { minLength: 1, maxLength: 60, size: "max" },
);

/** Runs a command and tells what came of it: a value that is the same on equal file systems. */
export async function run(guest: TestGuest, command: Command): Promise<string> {
  let seen = "";
  const errno = await failureLater(async () => {
    seen = await act(guest, command);
  });
  return `${command.do}: ${errno}${seen}`;
}

/** All that is in a tree, as text. */
export async function snapshot(guest: TestGuest, path = "."): Promise<string[]> {
  const seen: string[] = [];
  for (const entry of await guest.list(path)) {
    const [name, type] = entry.split(":");
    const at = `${path}/${name}`;
    switch (type) {
      case "directory":
        seen.push(`${at}/`, ...await snapshot(guest, at));
        break;
      case "symbolicLink":
        seen.push(`${at} -> ${failure(() => guest.readlink(at))}`);
        break;
      default:
        seen.push(`${at} (${guest.stat(at).links}): ${guest.readFile(at)}`);
    }
  }
  return seen;
}

async function act(guest: TestGuest, command: Command): Promise<string> {
  switch (command.do) {
    case "mkdir":
    case "rmdir":
    case "unlink":
      guest[command.do](command.path);
      return "";
    case "list":
      return (await guest.list(command.path)).join();
    case "read":
      return guest.readFile(command.path);
    case "readlink":
      return guest.readlink(command.path);
    case "rename":
    case "link":
      guest[command.do](command.path, command.to);
      return "";
    case "symlink":
      guest.symlink(command.to, command.path);
      return "";
    case "write":
      write(guest, command);
      return "";
    case "stat": {
      const { type, bytes, links } = guest.stat(command.path, command.links);
      // Sizes and link counts of directories are each file system's own.
      return typeName(type) === "directory" ? " directory" : ` ${type} ${bytes} ${links}`;
    }
    case "resize":
    case "touch":
    case "keep":
    case "writeKept":
    case "readKept":
    case "closeKept":
      return actOnOpen(guest, command);
  }
}

function actOnOpen(
  guest: TestGuest,
  command: Extract<
    Command,
    { do: "resize" | "touch" | "keep" | "writeKept" | "readKept" | "closeKept" }
  >,
): string {
  switch (command.do) {
    case "resize": {
      const fd = guest.open(command.path, { rights: rights.fdWrite | rights.fdFilestatSetSize });
      try {
        guest.do("fd_filestat_set_size", fd, BigInt(command.bytes));
      } finally {
        guest.close(fd);
      }
      return "";
    }
    case "touch":
      guest.utimes(command.path, 1_000_000_000n, 2_000_000_000n, command.links);
      return String(guest.stat(command.path, command.links).modifiedNs);
    case "keep":
      return String(guest.open(command.path, { rights: fileRights }));
    case "writeKept":
      guest.seek(firstKept + command.which, 0, "end");
      return String(guest.write(firstKept + command.which, "kept"));
    case "readKept": {
      const fd = firstKept + command.which;
      guest.seek(fd, 0, "set");
      const { bytes, links } = guest.fstat(fd);
      return `${decodeUtf8(guest.read(fd, 10_000))} ${bytes} ${links}`;
    }
    case "closeKept":
      guest.close(firstKept + command.which);
      return "";
  }
}

function write(guest: TestGuest, { path, text, how }: Extract<Command, { do: "write" }>): void {
  const fd = guest.open(path, {
    flags: how === "new" ? ["creat", "excl"] : how === "cut" ? ["creat", "trunc"] : ["creat"],
    fdflags: how === "append" ? ["append"] : [],
    rights: rights.fdWrite | rights.fdSeek,
  });
  try {
    if (how === "into") guest.seek(fd, 3, "set");
    guest.write(fd, text);
  } finally {
    guest.close(fd);
  }
}
