/** In a process of its own, because what is given up stays given up. */

import assert from "node:assert/strict";
import type { NeededPermissions } from "./permissions.ts";

const names = ["read", "write", "net", "run", "env", "ffi", "sys", "import"] as const;

/** Tries each permission for real, since asking would only tell what Deno believes. */
const attempts = `
  read: () => Deno.readTextFileSync("/proc/self/status"),
  write: () => Deno.makeTempFileSync({ dir: "." }),
  net: () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
  run: () => new Deno.Command(Deno.execPath(), { args: ["--version"] }).outputSync(),
  env: () => Deno.env.get("HOME"),
  ffi: () => Deno.dlopen("/no/such/library.so", {}),
  sys: () => Deno.hostname(),
  import: () => import(["http:", "", "127.0.0.1:1", "no.js"].join("/")),
`;

Deno.test("what is dropped cannot be used any more, and what is needed can", async () => {
  const denied = await deniedAfter({ hostDirectories: false, network: true });
  assert.deepEqual(denied, ["read", "write", "run", "env", "ffi", "sys", "import"]);
});

Deno.test("without network nothing is left", async () => {
  const denied = await deniedAfter({ hostDirectories: false, network: false });
  assert.deepEqual(denied, ["read", "write", "net", "run", "env", "ffi", "sys", "import"]);
});

Deno.test("host directories need everything, so all is kept", async () => {
  assert.deepEqual(await deniedAfter({ hostDirectories: true, network: true }), []);
});

Deno.test("writing to one folder is kept while it is given up for the one around it", async () => {
  const written = `
    await dropPermissions({ hostDirectories: false, network: true, writtenNoMore: [Deno.args[0]] });
    const written = ["", "kept/", "other/"].filter((folder) => {
      try {
        Deno.writeTextFileSync(Deno.args[0] + "/" + folder + "file", "");
        return true;
      } catch (error) {
        if (!(error instanceof Deno.errors.NotCapable)) throw error;
        return false;
      }
    });
    console.log(JSON.stringify(written));
  `;
  const folder = await Deno.makeTempDir({ prefix: "skerry-permissions-" });
  await Deno.mkdir(`${folder}/kept`);
  await Deno.mkdir(`${folder}/other`);
  const both = `--allow-write=${folder},${folder}/kept`;
  assert.deepEqual(await run(written, [both], [folder]), ["kept/"]);
  assert.deepEqual(await run(written, ["--allow-write"], [folder]), []);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("what was dropped cannot be asked for again", async () => {
  const states = await run(`
    await dropPermissions({ hostDirectories: false, network: false });
    const states = [];
    for (const name of ${JSON.stringify(names)}) {
      states.push((await Deno.permissions.request({ name })).state);
    }
    console.log(JSON.stringify(states));
  `);
  assert.deepEqual(states, names.map(() => "denied"));
});

async function deniedAfter(needed: NeededPermissions): Promise<unknown> {
  return await run(`
    await dropPermissions(${JSON.stringify(needed)});
    const denied = [];
    for (const [name, attempt] of Object.entries({ ${attempts} })) {
      try {
        await attempt();
      } catch (error) {
        const isDenied = error instanceof Deno.errors.NotCapable ||
          /requires import access/i.test(error.message);
        if (isDenied) denied.push(name);
      }
    }
    console.log(JSON.stringify(denied));
    Deno.exit(0);
  `);
}

/** What a program that ends by printing JSON prints. */
async function run(
  program: string,
  permissions: readonly string[] = ["--allow-all"],
  args: readonly string[] = [],
): Promise<unknown> {
  const folder = await Deno.makeTempDir({ prefix: "skerry-permissions-" });
  try {
    const source = `import { dropPermissions } from ${
      JSON.stringify(import.meta.resolve("./permissions.ts"))
    };\n${program}`;
    await Deno.writeTextFile(`${folder}/program.ts`, source);
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", ...permissions, `${folder}/program.ts`, ...args],
      cwd: folder,
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    return JSON.parse(new TextDecoder().decode(stdout));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
