/** Real programs do their work as the engine runs them, and as the compiler hands them on. */

import assert from "node:assert/strict";
import { instantiateCompiled } from "./instantiate_compiled.ts";
import { realPrograms } from "./programs.ts";
import { type Instantiate, instantiatePlainly } from "./real_program.ts";

for (const program of realPrograms) {
  Deno.test(`${program.name}, plain and compiled alike`, async () => {
    assert.equal(await counted(program.run, instantiatePlainly), program.output, "plain");
    const compiled = await counted(program.run, instantiateCompiled);
    assert.equal(compiled, program.output, "compiled");
  });
}

/** Runs a program and makes sure that its module came through here. */
async function counted(
  run: (instantiate: Instantiate) => Promise<string>,
  instantiate: Instantiate,
): Promise<string> {
  let instances = 0;
  const output = await run((bytes, imports) => {
    instances += 1;
    return instantiate(bytes, imports);
  });
  assert.ok(instances > 0, "nothing was instantiated");
  return output;
}
