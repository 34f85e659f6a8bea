import assert from "node:assert/strict";
import fc from "fast-check";
import { HostTable } from "./host_table.ts";

const table = new HostTable([
  { host: "shop.example", prefix: "", target: "shop" },
  { host: "shop.example", prefix: "/api", target: "api" },
  { host: "shop.example", prefix: "/api/v2", target: "v2" },
  { host: "*.tenants.example", prefix: "", target: "tenants" },
  { host: "*.eu.tenants.example", prefix: "/only", target: "eu" },
  { host: "*", prefix: "/status", target: "status" },
]);

function check(host: string, path: string, expected: string): void {
  const found = table.find(host, path);
  assert.equal(typeof found === "string" ? found : found.target, expected, `${host}${path}`);
}

Deno.test("the longest prefix that ends where a segment ends has a path", () => {
  check("shop.example", "/", "shop");
  check("shop.example", "/apix", "shop");
  check("shop.example", "/api", "api");
  check("shop.example", "/api/", "api");
  check("shop.example", "/api/v2", "v2");
  check("shop.example", "/api/v22", "api");
  check("shop.example.", "/api/v2/x/y", "v2");
});

Deno.test("the most specific host decides, also where it lacks the path", () => {
  check("a.tenants.example", "/x", "tenants");
  check("a.b.tenants.example", "/x", "tenants");
  check("a.eu.tenants.example", "/only/x", "eu");
  check("a.eu.tenants.example", "/x", "no path");
  check("tenants.example", "/", "no path");
  check("tenants.example", "/status", "status");
  check("shop.example.evil.example", "/status/1", "status");
  check(`${"a.".repeat(200)}tenants.example`, "/", "no path");
});

Deno.test("without a route for every host there are hosts that nobody has", () => {
  const small = new HostTable([{ host: "a.example", prefix: "/x", target: 1 }]);
  assert.equal(small.find("b.example", "/x"), "no host");
  assert.equal(small.find("a.example", "/y"), "no path");
  assert.equal(new HostTable([]).find("a.example", "/"), "no host");
});

Deno.test("a table finds what looking at each of its routes finds", () => {
  const segment = fc.constantFrom("a", "b", "aa");
  const path = fc.array(segment, { maxLength: 3 }).map((names) =>
    names.map((x) => `/${x}`).join("")
  );
  fc.assert(fc.property(
    fc.uniqueArray(path, { maxLength: 6 }),
    path.map((text) => text || "/"),
    (prefixes, asked) => {
      const routes = prefixes.map((prefix) => ({ host: "h", prefix, target: prefix }));
      const matching = prefixes.filter((prefix) =>
        asked === prefix || asked.startsWith(`${prefix}/`)
      );
      const longest = matching.sort((a, b) => b.length - a.length)[0];
      const found = new HostTable(routes).find("h", asked);
      const expected = prefixes.length === 0 ? "no host" : longest ?? "no path";
      assert.equal(typeof found === "string" ? found : found.target, expected);
    },
  ));
});
