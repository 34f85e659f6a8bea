import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { concatBytes } from "@skerry/base";
import type { DiskObjects, KeptBody } from "@skerry/cache";
import { objectDigests, openObjectFiles } from "./object_files.ts";
import { objectFolders, openObjectHome } from "./object_home.ts";
import {
  keepLarge,
  keepSmall,
  keyOf,
  numbered,
  numberOf,
  openObjects,
} from "./testing/numbered_objects.ts";

const onlyLinux = { ignore: Deno.build.os === "windows" };

async function opened(folder = `${Deno.makeTempDirSync()}/objects`, identity = "node") {
  const home = await openObjectHome(folder, identity);
  return { home, objects: openObjects(home.folder, home.secret) };
}

async function contentOf(body: KeptBody, first = 0, last = body.bytes - 1): Promise<Uint8Array> {
  if (body.read === undefined) return concatBytes([...body.slices(first, last)]);
  return concatBytes(await Array.fromAsync(body.read(first, last)));
}

async function numberIn(objects: DiskObjects, name: string): Promise<number | undefined> {
  const found = await objects.find(keyOf(name), []);
  if (found === undefined) return undefined;
  const number = numberOf(found);
  const expected = numbered(number, found.body.bytes);
  assert.deepEqual(found.stored, expected.stored);
  assert.deepEqual(await contentOf(found.body), await contentOf(expected.body));
  return number;
}

function filesBelow(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesBelow(`${folder}/${name}`) : [`${folder}/${name}`]
  );
}

Deno.test("the checksum is CRC-32, and goes on where another ended", () => {
  const { checksum } = objectDigests(new Uint8Array(32));
  const bytes = new TextEncoder().encode("123456789");
  assert.equal(checksum(bytes, 0), 0xcbf43926);
  assert.equal(checksum(bytes.subarray(4), checksum(bytes.subarray(0, 4), 0)), 0xcbf43926);
});

Deno.test("names are told by the secret alone, and no two texts have one", () => {
  const digests = objectDigests(new Uint8Array(32));
  assert.match(digests.name("a"), /^[0-9a-f]{64}$/);
  assert.equal(digests.name("a"), digests.name("a"));
  assert.notEqual(digests.name("a"), digests.name("b"));
  assert.notEqual(digests.name("a"), objectDigests(new Uint8Array(32).fill(1)).name("a"));
});

Deno.test("objects are found again by who opens the same folder, and by nobody else", async () => {
  const { objects, home } = await opened();
  const parent = home.folder.slice(0, home.folder.lastIndexOf("/"));
  await keepSmall(objects, "small", numbered(1, 1000));
  assert.equal(await keepLarge(objects, "large", numbered(2, 1_000_003)), "kept");
  const again = await opened(parent);
  assert.deepEqual(again.home.secret, home.secret);
  assert.equal(await numberIn(again.objects, "small"), 1);
  assert.equal(await numberIn(again.objects, "large"), 2);
  const other = await opened(parent, "another");
  assert.equal(await numberIn(other.objects, "small"), undefined);
  await other.home.sweep();
  assert.equal(await numberIn(again.objects, "small"), undefined);
});

Deno.test("any range of a large object is read, by many at once", async () => {
  const { objects } = await opened();
  const object = numbered(3, 5_000_000);
  await keepLarge(objects, "large", object);
  const whole = await contentOf(object.body);
  await Promise.all(Array.from({ length: 20 }, async (_, at) => {
    const [first, last] = [at * 199_999, at * 230_000 + 77];
    const found = await objects.find(keyOf("large"), []);
    assert.ok(found !== undefined);
    assert.deepEqual(await contentOf(found.body, first, last), whole.slice(first, last + 1));
  }));
});

Deno.test("a body is read while it is written, by many", async () => {
  const { objects } = await opened();
  const object = numbered(4, 2_000_000);
  const bytes = await contentOf(object.body);
  const storing = await objects.begin(keyOf("growing"), object.stored);
  assert.ok(storing !== undefined);
  const read = async () => {
    storing.enter();
    const parts: Uint8Array[] = [];
    for (let at = 0; at < bytes.length;) {
      if (storing.bytes <= at) await new Promise((resolve) => setTimeout(resolve));
      else {
        const part = await storing.some(at, at + 100_000);
        parts.push(part);
        at += part.length;
      }
    }
    storing.leave();
    assert.deepEqual(concatBytes(parts), bytes);
  };
  const readers = [read(), read(), read()];
  for (let at = 0; at < bytes.length; at += 33_333) {
    assert.ok(await storing.append(bytes.subarray(at, at + 33_333)));
  }
  assert.ok(await storing.finish());
  assert.equal(objects.put(keyOf("growing"), { stored: object.stored, body: storing }), "kept");
  await Promise.all(readers);
  assert.equal(await numberIn(objects, "growing"), 4);
});

Deno.test("a file that is damaged or cut short is not served, and is gone", async () => {
  const { objects, home } = await opened();
  for (const length of [undefined, 0, 100, 600_000]) {
    await keepLarge(objects, "large", numbered(5, 700_000));
    const [file = ""] = filesBelow(home.folder);
    if (length === undefined) {
      const bytes = Deno.readFileSync(file);
      bytes[70] = (bytes[70] ?? 0) ^ 1;
      Deno.writeFileSync(file, bytes);
    } else Deno.truncateSync(file, length);
    assert.equal(await numberIn(objects, "large"), undefined);
    assert.deepEqual(filesBelow(home.folder), []);
  }
});

Deno.test("all objects are listed with their sizes and when they were used", async () => {
  const { objects, home } = await opened();
  await keepSmall(objects, "a", numbered(6, 1000));
  await keepLarge(objects, "b", numbered(7, 300_000));
  const folders = objectFolders(home.folder);
  const list = async () => {
    const names = await Array.fromAsync(folders.list());
    return (await Promise.all(names.map((name) => folders.files(name)))).flat();
  };
  const files = await list();
  const bytes = files.map((file) => file.bytes).sort((one, other) => one - other);
  assert.ok(bytes.length === 2 && (bytes[0] ?? 0) > 1000 && (bytes[1] ?? 0) > 300_000);
  const growth = Object.values(objects.takeFigures().growth);
  assert.equal(growth.reduce((sum, one) => sum + one.bytes, 0), bytes.reduce((a, b) => a + b));
  assert.ok(files.every(({ usedMs }) => Math.abs(usedMs - Date.now()) < 60_000));
  const [first] = files;
  assert.ok(first !== undefined);
  await Deno.utime(`${home.folder}/${first.path}`, 1000, 1000);
  assert.equal((await list()).find(({ path }) => path === first.path)?.usedMs, 1_000_000);
  await openObjectFiles(home.folder).touch(first.path);
  assert.ok(((await list()).find(({ path }) => path === first.path)?.usedMs ?? 0) > 1_000_000);
  folders.remove(first.path);
  folders.remove(first.path);
  // Another thread may have removed it just before.
  await openObjectFiles(home.folder).touch(first.path);
  assert.equal((await list()).length, 1);
});

Deno.test("what a process has not written to its end is removed by who opens the folder next", async () => {
  const { objects, home } = await opened();
  const storing = await objects.begin(keyOf("a"), numbered(1, 1).stored);
  await storing?.append(new Uint8Array(100_000));
  const parent = home.folder.slice(0, home.folder.lastIndexOf("/"));
  const after = await opened(parent);
  assert.equal(filesBelow(home.folder).length, 1);
  await after.home.sweep();
  assert.deepEqual(filesBelow(home.folder), []);
  storing?.end();
});

Deno.test(
  "a process that is killed in the middle of its writing leaves only what is whole",
  onlyLinux,
  async () => {
    const folder = `${Deno.makeTempDirSync()}/objects`;
    const told = new Map<string, number>();
    let [next, found] = [0, 0];
    for (let round = 0; round < 8; round += 1) {
      const { home, objects } = await opened(folder);
      for (let name = 0; name < 7; name += 1) {
        const number = await numberIn(objects, String(name));
        if (number !== undefined) found += 1;
        const last = told.get(String(name));
        // What was begun when it was killed may be there, or may have removed what was there before.
        const isNext = number === undefined || number === next;
        assert.ok(number === last || isNext, `${name} is ${number}, and was told to be ${last}`);
        if (number === undefined) told.delete(String(name));
        else told.set(String(name), number);
      }
      await home.sweep();
      assert.deepEqual(filesBelow(`${home.folder}/partial`), []);
      for (const [name, number] of await writeUntilKilled(home, next, 10 + round * 7)) {
        told.set(name, number);
        next = Math.max(next, number + 1);
      }
    }
    assert.ok(found > 20, `${found} were found`);
  },
);

/** What it said to be there. */
async function writeUntilKilled(
  { folder, secret }: { readonly folder: string; readonly secret: Uint8Array },
  first: number,
  lines: number,
): Promise<readonly (readonly [string, number])[]> {
  const writer = new URL("./testing/object_writer.ts", import.meta.url).pathname;
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const options = ["run", "--allow-all", "--no-check", "--quiet", `--config=${config}`];
  const child = spawn(
    Deno.execPath(),
    [...options, writer, folder, secret.toHex(), String(first)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let text = "";
  child.stdout?.on("data", (chunk) => {
    text += chunk;
    if (text.split("\n").length === lines) setTimeout(() => child.kill("SIGKILL"), lines % 20);
  });
  await once(child, "close");
  const whole = text.slice(0, text.lastIndexOf("\n") + 1).trim().split("\n");
  return whole.map((line) => line.split(" ")).map(([name = "", number]) => [name, Number(number)]);
}
