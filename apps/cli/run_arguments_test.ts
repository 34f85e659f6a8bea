import assert from "node:assert/strict";
import { splitRunArguments } from "./run_arguments.ts";

function check(words: string, own: string, guest: string) {
  const split = splitRunArguments(words.split(" "), new Set(["--env", "--dir"]));
  assert.deepEqual([split.own.join(" "), split.guest.join(" ")], [own, guest]);
}

Deno.test("options before the module are ours, words after it the guest's", () => {
  check("--env A=1 m.wasm x -y --z", "--env A=1 m.wasm", "x -y --z");
  check("--env=A=1 m.wasm -c code", "--env=A=1 m.wasm", "-c code");
});

Deno.test("options that follow the module directly are ours too", () => {
  check("m.wasm --env A=1 --dir /a x --env B=2", "m.wasm --env A=1 --dir /a", "x --env B=2");
});

Deno.test("`--` ends our options", () => {
  check("m.wasm -- --env A=1", "m.wasm", "--env A=1");
  check("--env A=1 -- m.wasm --env B=2", "--env A=1 m.wasm", "--env B=2");
});

Deno.test("help is ours even after the module", () => {
  check("m.wasm --help", "m.wasm --help", "");
});
