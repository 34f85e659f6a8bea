/** Bundles: what archives of others look like, what is refused of hostile ones, and that packing is deterministic. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { concatBytes, decodeUtf8, encodeUtf8, isSkerryError } from "@skerry/base";
import { openBundle } from "./bundle_read.ts";
import { packBundle } from "./bundle_write.ts";
import type { FileSystem } from "./file_system.ts";
import { TreeBudget } from "./frozen_tree.ts";
import { snapshot } from "./testing/fs_commands.ts";
import { filledMemory } from "./testing/fs_kinds.ts";
import { plantTree } from "./testing/fs_read_contract.ts";
import { guestOf } from "./testing/guest.ts";

interface Fields {
  readonly name?: string | Uint8Array;
  readonly type?: string;
  readonly linkName?: string;
  readonly contents?: string | Uint8Array;
  /** As it stands in the header, where that is not the length of the contents. */
  readonly size?: string | Uint8Array;
  readonly prefix?: string;
  readonly magic?: string;
  readonly mtime?: string;
}

/** One entry of an archive, with a checksum that is right. */
function entry(fields: Fields): Uint8Array {
  const { name = "f", type = "0", linkName = "", contents = "", prefix = "" } = fields;
  const body = bytesOf(contents);
  const block = new Uint8Array(512);
  const put = (value: string | Uint8Array, at: number) => block.set(bytesOf(value), at);
  put(name, 0);
  put("0000644\0", 100);
  put(fields.size ?? `${body.length.toString(8).padStart(11, "0")}\0`, 124);
  put(fields.mtime ?? "00000000144\0", 136);
  put("        ", 148);
  put(type, 156);
  put(linkName, 157);
  put(fields.magic ?? "ustar\x0000", 257);
  put(prefix, 345);
  put(`${block.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, "0")}\0 `, 148);
  return concatBytes([block, body, new Uint8Array(-body.length & 511)]);
}

function bytesOf(value: string | Uint8Array): Uint8Array {
  return typeof value === "string" ? encodeUtf8(value) : value;
}

function archive(...entries: readonly Uint8Array[]): Uint8Array {
  return concatBytes([...entries, new Uint8Array(1024)]);
}

function pax(...records: readonly (readonly [string, string])[]): Uint8Array {
  return attributed("x", records);
}

/** Attributes of the next entry ("x"), or of all that follow ("g"). */
function attributed(
  type: "x" | "g",
  records: readonly (readonly [string, string])[],
): Uint8Array {
  const lines = records.map(([key, value]) => {
    const rest = encodeUtf8(` ${key}=${value}\n`).length;
    let length = rest;
    while (String(length).length + rest !== length) length = String(length).length + rest;
    return `${length} ${key}=${value}\n`;
  });
  return entry({ type, name: "pax", contents: lines.join("") });
}

/** Checks what is in an archive, or what the refusal says. */
async function check(bytes: Uint8Array, expected: readonly string[] | RegExp): Promise<void> {
  if (expected instanceof RegExp) {
    assert.throws(() => openBundle(bytes, "test.tar"), (error) => {
      assert.ok(isSkerryError(error), String(error));
      assert.equal(error.code, "SKERRY_BUNDLE_REFUSED");
      assert.match(`${error.message} (${error.where}): ${error.remedy}`, expected);
      return true;
    });
  } else {
    assert.deepEqual(await snapshot(guestOf(openBundle(bytes))), expected);
  }
}

Deno.test("files, folders and links of an archive are where it says", async () => {
  await check(
    archive(
      entry({ name: "./", type: "5" }),
      entry({ name: "./d/", type: "5" }),
      entry({ name: "./d/f", contents: "in d" }),
      entry({ name: "implied/f", contents: "x", type: "7" }),
      entry({ name: "old/", type: "\0", magic: "" }),
      entry({ name: "hard", type: "1", linkName: "./d/f" }),
      entry({ name: "d/soft", type: "2", linkName: "../implied/./f" }),
      entry({ name: "name", prefix: "prefix/of", contents: "p" }),
      entry({ name: "gnu", prefix: "ignored", magic: "ustar  \0", contents: "g" }),
    ),
    [
      ...["./d/", "./d/f (2): in d", "./d/soft -> ok", "./gnu (1): g", "./hard (2): in d"],
      ...["./implied/", "./implied/f (1): x", "./old/", "./prefix/", "./prefix/of/"],
      "./prefix/of/name (1): p",
    ],
  );
});

Deno.test("long names and sizes are read from pax headers and from GNU's", async () => {
  const long = `${"long ".repeat(40)}ä`;
  await check(
    archive(
      pax(["path", `d/${long}`], ["mtime", "12.5"], ["comment", "any"]),
      entry({ name: "cut off", contents: "pax" }),
      entry({ type: "L", name: "././@LongLink", contents: `${long}\0` }),
      entry({ type: "K", name: "././@LongLink", contents: "d/./../d\0" }),
      entry({ type: "2", name: "cut off" }),
      pax(["size", "3"]),
      entry({ name: "sized", contents: "abc", size: "00000000000\0" }),
      entry({
        name: "binary",
        contents: "ab",
        size: new Uint8Array([128, ...Array(10).fill(0), 2]),
      }),
      entry({ type: "g", name: "global", contents: "13 comment=x\n" }),
      entry({ name: "last" }),
    ),
    [
      "./binary (1): ab",
      "./d/",
      `./d/${long} (1): pax`,
      "./last (1): ",
      `./${long} -> ok`,
      "./sized (1): abc",
    ].sort(),
  );
  const archived = archive(pax(["mtime", "12.5"]), entry({}), entry({ name: "g" }));
  const guest = guestOf(openBundle(archived));
  assert.equal(guest.stat("f").modifiedNs, 12_500_000_000n);
  assert.equal(guest.stat("g").modifiedNs, 100_000_000_000n);
});

const refusals: Readonly<Record<string, readonly [Uint8Array, RegExp]>> = {
  "an absolute name": [
    archive(entry({ name: "/etc/passwd" })),
    /"\/etc\/passwd": its path is absolute/,
  ],
  "a name that climbs": [
    archive(entry({ name: "d/../../f" })),
    /"d\/\.\.\/\.\.\/f": its path holds "\.\."/,
  ],
  "a name by pax that climbs": [
    archive(pax(["path", "../f"]), entry({})),
    /"\.\.\/f": .*byte 1024/,
  ],
  "a name with a NUL": [archive(pax(["path", "a\0b"]), entry({})), /holds a NUL/],
  "a name that is not UTF-8": [archive(entry({ name: new Uint8Array([255]) })), /not UTF-8/],
  "a name that is too long": [
    archive(pax(["path", "x".repeat(256)]), entry({})),
    /longer than 255/,
  ],
  "a path that is too long": [archive(pax(["path", "x/".repeat(2100)]), entry({})), /too long/],
  "a file without a name": [
    archive(entry({ name: "./", type: "2", linkName: "x" })),
    /its name is empty/,
  ],
  "a name twice": [
    archive(entry({}), entry({})),
    /"f": the archive has this name twice.*byte 512\).*keep one/,
  ],
  "a file in a folder's place": [archive(entry({ name: "f/g" }), entry({})), /twice/],
  "a folder in a file's place": [archive(entry({}), entry({ type: "5" })), /"f" is no folder/],
  "a file below a file": [archive(entry({}), entry({ name: "f/g" })), /"f" is no folder/],
  "a file through a link": [
    archive(entry({ type: "2", linkName: "d" }), entry({ name: "f/g" })),
    /"f\/g": "f" is no folder/,
  ],
  "an absolute link": [archive(entry({ type: "2", linkName: "/etc" })), /"\/etc", which leads out/],
  "a link that climbs": [
    archive(entry({ name: "d/f", type: "2", linkName: "../../x" })),
    /"d\/f": it is a link to "\.\.\/\.\.\/x", which leads out of the bundle.*make it a relative link/,
  ],
  "a link that climbs and comes back": [
    archive(entry({ name: "f", type: "2", linkName: "d/../../bundle/d" })),
    /leads out/,
  ],
  "an empty link": [archive(entry({ type: "2" })), /link to nothing/],
  "a hard link to nothing": [
    archive(entry({ type: "1", linkName: "no" })),
    /which no file before it is/,
  ],
  "a hard link to what comes later": [
    archive(entry({ type: "1", linkName: "g" }), entry({ name: "g" })),
    /no file before/,
  ],
  "a hard link to a folder": [
    archive(entry({ name: "d", type: "5" }), entry({ type: "1", linkName: "d" })),
    /no file before/,
  ],
  "a hard link that leaves": [archive(entry({ type: "1", linkName: "../f" })), /holds "\.\."/],
  "a device": [archive(entry({ type: "3" })), /a device or a pipe.*leave it out/],
  "a block device": [archive(entry({ type: "4" })), /a device or a pipe/],
  "a pipe": [archive(entry({ type: "6" })), /a device or a pipe/],
  "a kind that is not known": [archive(entry({ type: "M" })), /a kind that is not known, "M"/],
  "a sparse file of GNU": [archive(entry({ type: "S" })), /not known, "S"/],
  "a sparse file of pax": [archive(pax(["GNU.sparse.map", "1"]), entry({})), /stored sparsely/],
  "a folder with contents": [
    archive(entry({ type: "5", contents: "x" })),
    /only a file can have contents/,
  ],
  "a link with contents": [
    archive(entry({ type: "2", linkName: "x", contents: "x" })),
    /only a file can have contents/,
  ],
  "a size that is no number": [archive(entry({ size: "00000000009\0" })), /its size is no number/],
  "a size that is negative": [
    archive(entry({ size: new Uint8Array(12).fill(255) })),
    /its size is no number/,
  ],
  "a size beyond all bounds": [
    archive(
      entry({ size: new Uint8Array([128, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255]) }),
    ),
    /its size is no number/,
  ],
  "a size beyond the end": [archive(entry({ size: "00000004000\0" })), /cut off/],
  "a pax size beyond the end": [archive(pax(["size", "99999999999"]), entry({})), /cut off/],
  "a pax size that is no number": [
    archive(pax(["size", "-1"]), entry({})),
    /its size is no number/,
  ],
  "a checksum that is wrong": [
    archive(entry({}).map((byte, at) => at === 0 ? byte + 1 : byte)),
    /no header of a tar archive.*test\.tar, byte 0/,
  ],
  "what is no archive": [encodeUtf8("not a tar archive".repeat(100)), /no header/],
  "nothing": [new Uint8Array(0), /cut off/],
  "an archive without an end": [entry({}), /cut off/],
  "an archive behind another": [
    concatBytes([archive(entry({})), archive(entry({ name: "g" }))]),
    /something follows the end/,
  ],
  "names and attributes that never come to an entry": [archive(pax(["path", "f"])), /cut off/],
  "attributes that lie about their length": [
    archive(entry({ type: "x", contents: "99 path=x\n" }), entry({})),
    /extended attributes cannot be read/,
  ],
  "attributes of no length": [
    archive(entry({ type: "x", contents: "0 path=x\n" }), entry({})),
    /extended attributes cannot be read/,
  ],
  "attributes without a key": [
    archive(entry({ type: "x", contents: "5 =x\n" }), entry({})),
    /extended attributes cannot be read/,
  ],
  "attributes without an end": [
    archive(entry({ type: "x", contents: "10 path=xy" }), entry({})),
    /extended attributes cannot be read/,
  ],
  "attributes beyond all bounds": [
    archive(entry({ type: "x", contents: new Uint8Array(1024 * 1024 + 1) }), entry({})),
    /attributes are too long/,
  ],
};

for (const [what, [bytes, expected]] of Object.entries(refusals)) {
  Deno.test(`a bundle is refused for ${what}`, () => check(bytes, expected));
}

Deno.test("there are only so many files in a bundle", () => {
  assert.throws(() => openBundle(emptyFiles(200_001)), /more than 200000 files/);
  assert.equal(openBundle(emptyFiles(2)).inodesMax, 3n);
});

/** An archive of files that differ by their names' digits alone: made one by one they would take seconds. */
function emptyFiles(count: number): Uint8Array {
  const [before, none] = ["f", "000000"];
  const model = entry({ name: `${before}${none}` });
  const sum = parseInt(decodeUtf8(model.subarray(148, 154)), 8);
  const bytes = new Uint8Array(count * model.length + 1024);
  for (let index = 0; index < count; index += 1) {
    const digits = encodeUtf8(String(index).padStart(none.length, "0"));
    const more = digits.reduce((all, digit) => all + digit - 0x30, 0);
    const at = index * model.length;
    bytes.set(model, at);
    bytes.set(digits, at + before.length);
    bytes.set(encodeUtf8((sum + more).toString(8).padStart(6, "0")), at + 148);
  }
  return bytes;
}

Deno.test("bundles that are held together have only so many files together", () => {
  const folders = Array.from({ length: 50 }, (_, index) => [
    pax(["path", `${index}/${"d/".repeat(2040)}f`]),
    entry({}),
  ]);
  const bytes = archive(...folders.flat());
  const budget = new TreeBudget();
  openBundle(bytes, "the first", budget);
  assert.throws(() => openBundle(bytes, "the second", budget), /more than 200000 files/);
  assert.equal(openBundle(bytes).inodesMax, 1n + 50n * 2042n);
});

Deno.test("paths of an archive may be as deep as they can be long", async () => {
  const deep = Array.from(
    { length: 90 },
    (_, index) => pax(["path", `${"d/".repeat(2000)}${index}/${"d/".repeat(40)}f`]),
  );
  const bytes = archive(...deep.flatMap((path) => [path, entry({ contents: "deep" })]));
  // More than once: the engine takes more of the stack before it has compiled what recurses.
  for (let round = 0; round < 3; round += 1) {
    assert.equal(openBundle(bytes).inodesMax, 1n + 2000n + 90n * 42n);
  }
  const guest = guestOf(openBundle(await packBundle(openBundle(bytes))));
  assert.equal(guest.readFile(`${"d/".repeat(2000)}89/${"d/".repeat(40)}f`), "deep");
  guest.context.close();
});

Deno.test("attributes that hold for all entries cost each of them next to nothing", () => {
  const keys = Array.from({ length: 80_000 }, (_, index) => [index.toString(36), ""] as const);
  const time = ["mtime", `1.${"1".repeat(1_000_000)}x`] as const;
  const files = Array.from({ length: 20_000 }, (_, index) => entry({ name: `f${index}` }));
  for (const records of [keys, [time]]) {
    // With each entry looking at all of them this takes minutes.
    const image = openBundle(archive(attributed("g", records), ...files));
    assert.equal(image.inodesMax, 20_001n);
  }
});

Deno.test("whatever bytes are changed, an archive is opened or refused, in time", async () => {
  const packed = await packBundle(await filledMemory(plantTree));
  const change = fc.tuple(fc.nat({ max: packed.length - 1 }), fc.nat({ max: 255 }));
  const fixChecksum = fc.boolean();
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), fixChecksum, (changes, fix) => {
      const bytes = packed.slice();
      for (const [at, byte] of changes) {
        const place = fix ? at - at % 512 + at % 345 : at;
        bytes[place] = byte;
        if (fix) putChecksum(bytes, place - place % 512);
      }
      try {
        const guest = guestOf(openBundle(bytes));
        guest.context.close();
      } catch (error) {
        assert.ok(isSkerryError(error), String(error));
      }
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("the same files are packed as the same bytes, in whatever order they were made", async () => {
  const plain = (order: readonly string[]) => (fileSystem: FileSystem) => {
    const guest = guestOf(fileSystem);
    for (const name of order) guest.writeFile(name, name);
    guest.utimes(order[0] ?? "", 5n, BigInt(order.length) * 1_000_000_007n, "follow");
    guest.context.close();
  };
  const one = await packBundle(await filledMemory(plain(["a", "b", "ä"])));
  const other = await packBundle(await filledMemory(plain(["ä", "b", "a"])));
  assert.deepEqual(one, other);
  const kept = await packBundle(await filledMemory(plain(["a", "b", "ä"])), "kept");
  assert.equal(guestOf(openBundle(kept)).stat("a").modifiedNs, 3_000_000_021n);
  assert.deepEqual(await packBundle(openBundle(kept), "kept"), kept);
});

Deno.test("holes are packed as zeros, and only as many as there is room for", async () => {
  const withHole = (bytes: bigint) =>
    filledMemory((fileSystem) => {
      const guest = guestOf(fileSystem);
      const fd = guest.open("sparse", { flags: ["creat"] });
      guest.do("fd_filestat_set_size", fd, bytes);
      guest.context.close();
    });
  const packed = openBundle(await packBundle(await withHole(100_000n)));
  assert.equal(guestOf(packed).readFile("sparse"), "\0".repeat(100_000));
  const large = await withHole(2n ** 40n);
  await assert.rejects(packBundle(large), { where: "sparse", message: /more than 256 MiB/ });
});

Deno.test("what tar packs is opened, and what is packed here tar unpacks", async () => {
  const path = Deno.makeTempDirSync({ prefix: "skerry-bundle-" });
  try {
    const long = "long name ".repeat(15);
    Deno.mkdirSync(`${path}/in/d`, { recursive: true });
    Deno.writeTextFileSync(`${path}/in/d/${long}`, "x".repeat(10_000));
    Deno.symlinkSync(`d/${long}`, `${path}/in/link`);
    Deno.linkSync(`${path}/in/d/${long}`, `${path}/in/hard`);
    const expected = [
      ...["./d/", `./d/${long} (2): ${"x".repeat(10_000)}`],
      ...[`./hard (2): ${"x".repeat(10_000)}`, "./link -> ok"],
    ];
    for (const format of ["pax", "gnu"]) {
      run("tar", [`--format=${format}`, "-cf", `${path}/${format}.tar`, "-C", `${path}/in`, "."]);
      await check(Deno.readFileSync(`${path}/${format}.tar`), expected);
    }
    const packed = await packBundle(openBundle(Deno.readFileSync(`${path}/pax.tar`)));
    Deno.writeFileSync(`${path}/ours.tar`, packed);
    Deno.mkdirSync(`${path}/out`);
    run("tar", ["-xf", `${path}/ours.tar`, "-C", `${path}/out`]);
    run("diff", ["-r", `${path}/in`, `${path}/out`]);
  } finally {
    Deno.removeSync(path, { recursive: true });
  }
});

function run(command: string, args: readonly string[]): void {
  const { success, stderr } = new Deno.Command(command, { args: [...args] }).outputSync();
  assert.ok(success, new TextDecoder().decode(stderr));
}

function putChecksum(bytes: Uint8Array, at: number): void {
  bytes.fill(32, at + 148, at + 156);
  const sum = bytes.subarray(at, at + 512).reduce((total, byte) => total + byte, 0);
  bytes.set(encodeUtf8(`${sum.toString(8).padStart(6, "0")}\0 `), at + 148);
}
