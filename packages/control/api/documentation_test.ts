import { deepEqual } from "node:assert/strict";
import { refusalTable } from "../refusal.ts";
import { scopes } from "../scopes.ts";
import { testApi } from "../testing/api.ts";

const page = await Deno.readTextFile(new URL("../../../docs/admin-api.md", import.meta.url));

/** The rows of the table under a heading, as lists of cells. */
function rows(heading: string): string[][] {
  const section = page.split("\n## ").find((part) => part.startsWith(heading)) ?? "";
  const lines = section.split("\n").filter((line) => line.startsWith("|")).slice(2);
  return lines.map((line) => line.slice(1, -1).split("|").map((cell) => cell.trim()));
}

Deno.test("docs/admin-api.md names every operation, who may ask for it, and what it does", async () => {
  const { api, node } = await testApi();
  const operations = api().operations.map(({ method, path, access, about }) => {
    return [`\`${method} ${path}\``, access, about];
  });
  deepEqual(rows("Operations"), operations);
  node.close();
});

Deno.test("docs/admin-api.md names every code and every scope", () => {
  const codes = Object.entries(refusalTable).map(([code, [status, title]]) => {
    return [`\`${code}\``, String(status), title];
  });
  deepEqual(rows("Problems"), codes);
  deepEqual(rows("Tokens").map(([scope]) => scope), scopes.map((scope) => `\`${scope}\``));
});
