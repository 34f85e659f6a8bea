import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { type ByteSource, concatBytes, sha256, SkerryError, sourceOf } from "@skerry/base";
import { digestText } from "@skerry/control";
import { openArtifactFiles } from "./artifact_files.ts";

const mib = 2 ** 20;
const open = (folder: string) => openArtifactFiles(folder, mib);
const names = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name);
const content = new Uint8Array(200_000).map((_, index) => index * 7);
const digest = digestText(await sha256(content));

Deno.test("a content that was put is read, listed, known, and removed unless it was put since", async () => {
  const folder = `${Deno.makeTempDirSync()}/artifacts`;
  const store = await open(folder);
  equal(await store.has(digest), false);
  equal(await store.read(digest), undefined);
  const put = await store.put(sourceOf(content), mib, digest);
  ok(typeof put === "object");
  equal(put.bytes, content.length);
  equal(put.digest, digest);
  deepEqual(await store.read(digest), content);
  deepEqual((await Array.fromAsync(store.list())).map((each) => each.digest), [digest]);
  deepEqual(names(folder), [digest.slice(7)]);
  equal(await store.remove(digest, put.putMs - 60_000), false);
  equal(await store.remove(digest, put.putMs + 60_000), true);
  equal(await store.remove(digest, put.putMs + 60_000), false);
  equal(await store.has(digest), false);
});

Deno.test("what is too large, is another content or breaks off leaves nothing behind", async () => {
  const folder = Deno.makeTempDirSync();
  const store = await open(folder);
  equal(await store.put(sourceOf(content), content.length - 1, digest), "too large");
  equal(await store.put(sourceOf(content.slice(1)), mib, digest), "other content");
  let reads = 0;
  const broken: ByteSource = {
    read() {
      if (reads++ > 0) throw new Error("the client is gone");
      return new Uint8Array(10);
    },
  };
  await rejects(store.put(broken, mib, digest), /the client is gone/);
  deepEqual(names(folder), []);
});

Deno.test("a folder is opened while others write to it", async () => {
  const folder = Deno.makeTempDirSync();
  const store = await open(folder);
  let isOver = false;
  const writing = Array.from({ length: 4 }, async (_, writer) => {
    for (let round = 0; !isOver; round++) {
      await store.put(sourceOf(new Uint8Array([writer, round])), mib);
    }
  });
  for (let round = 0; round < 200; round++) await open(folder);
  isOver = true;
  await Promise.all(writing);
});

Deno.test("a file that was damaged is an error, never another content", async () => {
  const folder = Deno.makeTempDirSync();
  const store = await open(folder);
  await store.put(sourceOf(content), mib);
  Deno.writeFileSync(`${folder}/${digest.slice(7)}`, content.slice(1));
  await rejects(store.read(digest), (error) => {
    return error instanceof SkerryError && /damaged/.test(error.message);
  });
  // Putting it again makes it whole.
  await store.put(sourceOf(content), mib);
  deepEqual(await store.read(digest), content);
});

Deno.test("nothing but a digest becomes a path", async () => {
  const store = await open(Deno.makeTempDirSync());
  for (const name of ["", "..", "sha256:../../etc/passwd", `${digest}/x`, digest.slice(7)]) {
    await rejects(store.read(name).then(() => store.has(name)), TypeError);
  }
});

Deno.test("what a process that died has left goes when the folder is opened, another's work does not", async () => {
  const folder = Deno.makeTempDirSync();
  const [old, young] = [`${folder}/.partial-a`, `${folder}/.partial-b`];
  for (const path of [old, young]) Deno.writeTextFileSync(path, "x");
  Deno.utimeSync(old, 1, 1);
  await open(folder);
  deepEqual(names(folder), [".partial-b"]);
});

Deno.test("a disk that takes no more is a clear error, and leaves nothing behind", async () => {
  const folder = Deno.makeTempDirSync();
  const program = `
    import { openArtifactFiles } from "${new URL("./artifact_files.ts", import.meta.url)}";
    import { sourceOf } from "@skerry/base";
    const store = await openArtifactFiles("${folder}", ${mib});
    const put = (bytes) => store.put(sourceOf(new Uint8Array(bytes)), ${mib});
    await put(1000);
    await put(500_000).catch(({ code, message }) => console.log(code, message));
    await put(2000);`;
  // A limit on the length of files stands for a disk that is full: writes fail in their middle.
  const shell = `trap "" XFSZ; ulimit -f 100; exec "$0" run -A --no-check --quiet --ext=ts -`;
  const child = new Deno.Command("sh", {
    args: ["-c", shell, Deno.execPath()],
    cwd: new URL("../..", import.meta.url),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(program));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const text = new TextDecoder().decode(concatBytes([stdout, stderr]));
  equal(code, 0, text);
  equal(text.trim().split(":")[0], "SKERRY_FILE_UNWRITABLE cannot write the file");
  equal(names(folder).length, 2);
});
