import { deepEqual, equal, ok } from "node:assert/strict";
import { openDatabase } from "@skerry/platform";

/** Deploys for ever, and prints the number of each version that it was told is active. */
const program = (folder: string) => `
  import { openDatabase, openSealer, openArtifactFiles, systemClock, systemRandom } from "@skerry/platform";
  import { sha256, sourceOf, encodeUtf8 } from "@skerry/base";
  import { Control, digestText } from "@skerry/control";
  const control = new Control({
    database: openDatabase("${folder}/state.db", { survives: "power loss" }),
    clock: systemClock,
    random: systemRandom,
    artifacts: await openArtifactFiles("${folder}/artifacts", 1e6),
    preparer: { prepare: ({ module }) => Promise.resolve({ kind: "ready", artifact: module, facts: {} }) },
    changes: { publish: () => Promise.resolve({ acknowledged: 0, of: 0 }) },
    sealer: await openSealer("${folder}/secret.key"),
  });
  const actor = { id: "test", isOperator: true };
  await control.tenancy.putTenant(actor, "acme", {});
  const module = digestText(await sha256(encodeUtf8("a module")));
  await control.modules.receive(actor, "acme", module, sourceOf("a module"));
  const settings = { env: {}, routes: [{ host: "a.example", prefix: "" }], backends: {} };
  const request = { tenant: "acme", service: "shop", module, settings, activate: true };
  for (;;) {
    const { version } = await control.deployments.deploy(actor, request);
    await Deno.stdout.write(new TextEncoder().encode(version.number + "\\n"));
  }`;

/** Runs the program until it has printed a number of lines, then kills it; gives the last number that it printed. */
async function killed(folder: string, linesMax: number): Promise<number> {
  const path = `${folder}/program.ts`;
  Deno.writeTextFileSync(path, program(folder));
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", "--config", "deno.json", path],
    cwd: new URL("../..", import.meta.url),
    stdout: "piped",
  }).spawn();
  let text = "";
  for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (text.split("\n").length > linesMax) break;
  }
  child.kill("SIGKILL");
  await child.status;
  return Number(text.trimEnd().split("\n").at(-1));
}

Deno.test("what was acknowledged is there after a kill at any moment, and the state is whole", async () => {
  const folder = Deno.makeTempDirSync();
  let before = 0;
  for (const lines of [1, 4, 17]) {
    const last = await killed(folder, lines);
    ok(last >= before + lines);
    const database = openDatabase(`${folder}/state.db`, { survives: "process end" });
    deepEqual({ ...database.prepare("PRAGMA integrity_check").get() }, { integrity_check: "ok" });
    equal(database.prepare("PRAGMA foreign_key_check").all().length, 0);
    const found = database.prepare("SELECT active, newest FROM services").get();
    // One more may have been activated that nobody was told of any more.
    ok(Number(found?.["active"]) >= last);
    ok(Number(found?.["newest"]) - Number(found?.["active"]) <= 1);
    before = Number(found?.["newest"]);
    database.close();
  }
  Deno.removeSync(folder, { recursive: true });
});
