import { equal, match } from "node:assert/strict";
import { compile, openProgram } from "@skerry/sandbox";
import { guestInterfaces } from "./guest_interfaces.ts";
import { required } from "./load_program.ts";
import { ProgramLoader } from "./loader_handle.ts";

Deno.test("what is loaded in another thread can be opened here, and what is wrong is told to whoever asked", async () => {
  const folder = await Deno.makeTempDir();
  const loader = new ProgramLoader((message) => {
    throw new Error(message);
  });
  try {
    await loader.started;
    const empty = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    const compiled = await compile(empty, { interfaces: guestInterfaces, requires: required });
    if (!compiled.ok) throw new Error("the empty module is refused");
    await Deno.writeFile(`${folder}/good`, compiled.value.bytes);
    await Deno.writeFile(`${folder}/bad`, empty.subarray(0, 5));
    const [good, bad, missing] = await Promise.allSettled(
      ["good", "bad", "missing"].map((name) => loader.load(`${folder}/${name}`, undefined)),
    );
    equal(good?.status === "fulfilled" && openProgram(good.value, guestInterfaces).ok, true);
    match(bad?.status === "rejected" ? String(bad.reason) : "", /artifact/);
    match(missing?.status === "rejected" ? String(missing.reason) : "", /does not exist/);
  } finally {
    loader.close();
    await Deno.remove(folder, { recursive: true });
  }
});
