/** Files inside an artifact: packed, proved with it, shown, mounted, and of each run or request its own. */

import assert from "node:assert/strict";
import { withBundles } from "../../apps/cli/bundles.ts";
import { assembled, withModule } from "./module_folder.ts";
import { notes } from "./notes_program.ts";
import { skerry, withServer } from "./skerry.ts";

const head = "Content-Type: text/plain\n\n";

async function withNotes(use: (folder: string, module: string) => Promise<void>): Promise<void> {
  await withModule(notes, async (folder, module) => {
    await Deno.mkdir(`${folder}/files/inner`, { recursive: true });
    await Deno.writeTextFile(`${folder}/files/note`, "hello ");
    await Deno.writeTextFile(`${folder}/files/inner/other`, "other");
    await use(folder, module);
  });
}

async function compiled(args: readonly string[]): Promise<void> {
  const result = await skerry(["compile", ...args]);
  assert.equal(result.code, 0, result.stderr);
}

/** Asks a server three times; all answers must be this one. */
async function checkServed(target: readonly string[], expected: string): Promise<void> {
  await withServer(target, async ({ url }) => {
    for (let request = 0; request < 3; request += 1) {
      const response = await fetch(url);
      assert.deepEqual([response.status, await response.text()], [200, expected]);
    }
  });
}

Deno.test("a folder is packed into an artifact, proved and shown with it, and each run has its own", async () => {
  await withNotes(async (folder, module) => {
    const artifact = `${folder}/notes.wasm`;
    const args = [module, "-o", artifact, "--bundle", `${folder}/files::/data`];
    await compiled(args);
    const bytes = await Deno.readFile(artifact);
    // When and in which order files were made is not in it.
    await Deno.utime(`${folder}/files/note`, 1, 1);
    await compiled(args);
    assert.deepEqual(await Deno.readFile(artifact), bytes);

    const verified = await skerry(["verify", artifact, "--input", module]);
    assert.equal(verified.code, 0, verified.stdout);
    const { bundles } = JSON.parse((await skerry(["inspect", artifact, "--json"])).stdout);
    assert.deepEqual(bundles, [{ guest: "/data", mode: "cow", bytes: 3584, files: 3 }]);
    const people = await skerry(["inspect", artifact]);
    assert.match(
      people.stdout,
      /bundle: \/data, 3 files in 3.5 KiB, written to a layer of each run/,
    );

    for (let run = 0; run < 2; run += 1) {
      const ran = await skerry(["run", artifact]);
      assert.deepEqual([ran.code, ran.stdout], [0, `${head}hello x`]);
    }
    await checkServed([artifact], "hello x");

    bytes[bytes.length - 2000] = (bytes[bytes.length - 2000] ?? 0) ^ 1;
    await Deno.writeFile(artifact, bytes);
    assert.equal((await skerry(["verify", artifact])).code, 1);
  });
});

Deno.test("a bundle with :ro refuses what is written, and a directory has its place where one is handed over", async () => {
  await withNotes(async (folder, module) => {
    const artifact = `${folder}/notes.wasm`;
    await compiled([module, "-o", artifact, "--bundle", `${folder}/files::/data:ro`]);
    const refused = await skerry(["run", artifact]);
    assert.equal(refused.code, 100 + 69, "EROFS");
    const people = await skerry(["inspect", artifact]);
    assert.match(people.stdout, /bundle: \/data, .* only read/);
  });
});

Deno.test("what the initialisation writes to a bundle is what each request begins with", async () => {
  await withNotes(async (folder, module) => {
    const artifact = `${folder}/notes.wasm`;
    const between = `${folder}/between.wasm`;
    await compiled([
      ...[module, "-o", artifact, "--snapshot", "prepare", "--initialised", between],
      ...["--bundle", `${folder}/files::/data`],
    ]);
    assert.equal((await skerry(["verify", artifact, "--input", between])).code, 0);
    for (const file of [artifact, between]) {
      const ran = await skerry(["run", file]);
      assert.deepEqual([ran.code, ran.stdout], [0, `${head}hello prepared x`]);
    }
    await checkServed([artifact], "hello prepared x");
    assert.equal(await Deno.readTextFile(`${folder}/files/note`), "hello ");
  });
});

Deno.test("a manifest's bundles are mounted, built and prebuilt, initialised or not", async () => {
  await withNotes(async (folder) => {
    const bundle = '[[bundles]]\nguest = "/data"\npath = "files"\n';
    const prebuilt = 'name = "notes"\nmodule = "m.wasm"\n';
    const write = (text: string) => Deno.writeTextFile(`${folder}/skerry.toml`, text);
    await write(prebuilt + bundle);
    await checkServed([folder], "hello x");
    await write(`${prebuilt}snapshot = "prepare"\n${bundle}`);
    await checkServed([folder], "hello prepared x");
    await Deno.writeTextFile(`${folder}/notes.wat`, notes);
    await write(
      'name = "notes"\nlanguage = "wat"\nbuild.sources = ["notes.wat"]\n' +
        `snapshot = "prepare"\n${bundle}`,
    );
    await checkServed([folder], "hello prepared x");
    await checkServed([folder], "hello prepared x");
  });
});

Deno.test("a directory with :cow is read as it is, and never written to", async () => {
  await withNotes(async (folder, module) => {
    for (let run = 0; run < 2; run += 1) {
      const dir = `${`${folder}/files`}::/data:cow`;
      const ran = await skerry(["run", "--dir", dir, module]);
      assert.deepEqual([ran.code, ran.stdout], [0, `${head}hello x`], ran.stderr);
    }
    const manifest = 'name = "notes"\nmodule = "m.wasm"\n' +
      '[[directories]]\nguest = "/data"\nhost = "files"\nmode = "cow"\n';
    await Deno.writeTextFile(`${folder}/skerry.toml`, manifest);
    await checkServed([folder], "hello x");
    assert.equal(await Deno.readTextFile(`${folder}/files/note`), "hello ");
  });
});

Deno.test("what cannot be a bundle is told with the entry and the remedy", async () => {
  await withNotes(async (folder, module) => {
    const check = async (bundles: readonly string[], code: number, expected: RegExp) => {
      const args = bundles.flatMap((each) => ["--bundle", each]);
      const result = await skerry(["compile", module, ...args]);
      assert.equal(result.code, code, result.stderr);
      assert.match(result.stderr, expected);
    };
    await Deno.symlink("../../etc", `${folder}/files/out`);
    await check(
      [`${folder}/files::/data`],
      1,
      /files, byte \d+: .*"out": it is a link to "\.\.\/\.\.\/etc", which leads out.*make it a relative/s,
    );
    await Deno.remove(`${folder}/files/out`);
    await Deno.writeFile(`${folder}/a.tar.gz`, new Uint8Array([0x1f, 0x8b, 8]));
    await check([`${folder}/a.tar.gz::/data`], 1, /compressed.*gunzip/s);
    await check([`${module}::/data`], 1, /no header of a tar archive/);
    await check([`${folder}/no.tar::/data`], 1, /does not exist/);
    await check(["x::data"], 2, /expected PATH::GUEST/);
    await check([`${folder}/files::/d`, `${folder}/files::/d`], 2, /cannot both be at \/d/);
    const broken = (await assembled(notes)).slice();
    const section = [0, 14, 13, ...new TextEncoder().encode("skerry.bundle")];
    await Deno.writeFile(`${folder}/bad.wasm`, new Uint8Array([...broken, ...section]));
    const ran = await skerry(["run", `${folder}/bad.wasm`]);
    assert.equal(ran.code, 1);
    assert.match(ran.stderr, /its section cannot be read.*BUNDLE_REFUSED: compile the artifact/s);
  });
});

Deno.test("what a module says of its bundles is shown as no terminal obeys it", async () => {
  await withModule(notes, async (folder) => {
    const guestPath = "/\x1b]0;forged\x07\nskerry: all is well";
    const archive = new Uint8Array(1024).fill(65);
    const path = `${folder}/hostile.wasm`;
    const module = await assembled(notes);
    await Deno.writeFile(path, withBundles(module, [{ guestPath, mode: "cow", archive }]));
    for (const args of [["run", path], ["serve", path], ["compile", path, "--snapshot"]]) {
      const { code, stderr } = await skerry(args);
      assert.equal(code, 1, stderr);
      assert.match(stderr, /for \/\\u\{1b\}\]0;forged\\u\{7\}\\u\{a\}skerry: all is well, byte 0/);
      // deno-lint-ignore no-control-regex
      assert.doesNotMatch(stderr, /[\x00-\x08\x0b-\x1f]/);
    }
  });
});

Deno.test("a module that brings along more bundles than there are descriptors for is refused when it is loaded", async () => {
  await withModule(notes, async (folder) => {
    const module = await assembled(notes);
    const archive = new Uint8Array(1024);
    const bundles = Array.from({ length: 49 }, (_, index) => ({
      guestPath: `/${index}`,
      mode: "cow" as const,
      archive,
    }));
    const path = `${folder}/many.wasm`;
    await Deno.writeFile(path, withBundles(module, bundles));
    for (const args of [["run", path], ["serve", path], ["compile", path, "--snapshot"]]) {
      const { code, stderr } = await skerry(args);
      assert.equal(code, 1, stderr);
      assert.match(stderr, /49 bundles and directories are to be mounted, and 48 can be/);
    }
  });
});
