import { deepEqual, equal, throws } from "node:assert/strict";
import { SkerryError } from "@skerry/base";
import { openDatabase } from "./database.ts";

Deno.test("a database keeps what a transaction has written, and nothing of one that threw", () => {
  const path = `${Deno.makeTempDirSync()}/a.db`;
  const written = openDatabase(path, { survives: "power loss" });
  written.execute("CREATE TABLE things (name TEXT PRIMARY KEY, bytes BLOB) STRICT");
  const insert = written.prepare("INSERT INTO things VALUES (?, ?)");
  equal(written.transaction(() => insert.run("a", new Uint8Array([1, 2])).changes), 1);
  throws(() =>
    written.transaction(() => {
      insert.run("b", null);
      throw new Error("no");
    }), /^Error: no$/);
  written.close();
  const read = openDatabase(path, { survives: "process end" });
  deepEqual(read.prepare("SELECT * FROM things").all().map((row) => ({ ...row })), [
    { name: "a", bytes: new Uint8Array([1, 2]) },
  ]);
  read.close();
});

Deno.test("what a database refuses is an operating error with its place", () => {
  const database = openDatabase(":memory:", { survives: "process end" });
  throws(() => database.prepare("SELECT * FROM missing"), (error) => {
    return error instanceof SkerryError && error.code === "SKERRY_DATABASE_FAILED" &&
      error.where === ":memory:" && /no such table/.test(error.message);
  });
  database.close();
  throws(
    () => openDatabase("/nowhere/a.db", { survives: "process end" }),
    (error) => error instanceof SkerryError && error.where === "/nowhere/a.db",
  );
});
