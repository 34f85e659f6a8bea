/** In a process of its own, because what is given up stays given up. */

import assert from "node:assert/strict";

/** Asks a backend once everything but the network has been given up. */
const program = `
  const server = await rawServer((socket) =>
    socket.end("HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi")
  );
  const backend = await loopbackBackend(server.port);
  await dropPermissions({ hostDirectories: false, network: true });
  console.log(JSON.stringify(await get(backend)));
  Deno.exit(0);
`;

/** Where the packages are that it imports. */
const configured = `--config=${new URL("../../../deno.json", import.meta.url).pathname}`;

Deno.test("a process that has given up all but the network still asks backends", async () => {
  const { text, errors } = await run(program);
  assert.equal(text, '{"status":200,"body":"hi"}\n', errors);
});

async function run(program: string): Promise<{ readonly text: string; readonly errors: string }> {
  const folder = await Deno.makeTempDir({ prefix: "skerry-loading-" });
  const imports = Object.entries({
    dropPermissions: "../permissions.ts",
    rawServer: "./testing/servers.ts",
    "get, loopbackBackend": "./testing/backends.ts",
  }).map(([names, path]) =>
    `import { ${names} } from ${JSON.stringify(import.meta.resolve(path))};\n`
  );
  try {
    await Deno.writeTextFile(`${folder}/program.ts`, imports.join("") + program);
    const args = [
      "run",
      "--no-prompt",
      "--no-check",
      "--allow-all",
      configured,
      `${folder}/program.ts`,
    ];
    const output = await new Deno.Command(Deno.execPath(), { args, cwd: folder }).output();
    const decoder = new TextDecoder();
    return { text: decoder.decode(output.stdout), errors: decoder.decode(output.stderr) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
