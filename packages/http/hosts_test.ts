import { deepEqual, equal, ok } from "node:assert/strict";
import { array, assert, constantFrom, property, string, tuple } from "fast-check";
import { openDatabase } from "@skerry/platform";
import { canonicalHost, coveringHosts, hostRelation, isBroadHost, reversedHost } from "./hosts.ts";

Deno.test("a host has one canonical form: ASCII, lower case, without a dot at its end", () => {
  const check = (text: string, canonical: string) =>
    deepEqual(canonicalHost(text), { ok: true, value: canonical }, text);
  check("shop.example", "shop.example");
  check("Shop.EXAMPLE.", "shop.example");
  check("bücher.example", "xn--bcher-kva.example");
  check("BÜCHER.example", "xn--bcher-kva.example");
  check("xn--bcher-kva.example", "xn--bcher-kva.example");
  check("*.Bücher.example", "*.xn--bcher-kva.example");
  check("shop。example", "shop.example");
  check("localhost", "localhost");
  check("my_shop.example", "my_shop.example");
  check("192.0.2.1", "192.0.2.1");
  check("[2001:DB8:0::1]", "[2001:db8::1]");
  check("*", "*");
});

Deno.test("what is no host, has a port, or could be read as another one is refused", () => {
  const refused = [
    ...["", ".", "*.", "**", "*.*.example", "a.*.example", "shop.example:80", "shop.example:"],
    ...[
      "http://shop.example",
      "shop.example/",
      "user@shop.example",
      "shop example",
      "shop%2eexample",
    ],
    ...["shop..example", ".shop.example", "-shop.example", "shop-.example", "a".repeat(64)],
    ...[`${"a.".repeat(127)}a`, "shop.example\\x", "shop\u200b.example", "shop.example..", "a\tb"],
    ...["127.1", "0x7f.0.0.1", "2130706433", "0177.0.0.1", "256.1.1.1", "１２７.0.0.1"],
    ...["*.127.0.0.1", "*.[::1]", "[::1", "[::1]:80", "[zz]", "[]", "xn--a", "xn--\u00fc.example"],
    ...["shop\u2100.example", "a?b", "a#b", "[fe80::1%eth0]"],
  ];
  for (const text of refused) ok(!canonicalHost(text).ok, JSON.stringify(text));
});

Deno.test("hosts relate as what they take does", () => {
  equal(hostRelation("a.example", "a.example"), "equal");
  equal(hostRelation("*.example.com", "a.example.com"), "covers");
  equal(hostRelation("*.example.com", "a.b.example.com"), "covers");
  equal(hostRelation("*.example.com", "*.b.example.com"), "covers");
  equal(hostRelation("a.b.example.com", "*.example.com"), "covered");
  for (const other of ["example.com", "anexample.com", "*.org", "*", "[::1]"]) {
    equal(hostRelation("*.example.com", other), "apart", other);
    equal(hostRelation(other, "*.example.com"), "apart", other);
  }
});

Deno.test("what only an operator gives away takes whole top-level domains, or all", () => {
  deepEqual(["*", "*.com", "*.a.com", "com", "a.com"].map(isBroadHost), [
    ...[true, true, false, false, false],
  ]);
});

const label = constantFrom("a", "b", "c-d", "xn--bcher-kva");
const someHost = tuple(constantFrom("", "*."), array(label, { minLength: 1, maxLength: 4 }))
  .map(([wild, labels]) => `${wild}${labels.join(".")}`);

Deno.test("a canonical form is its own canonical form, and no text throws", () => {
  assert(property(string({ unit: "grapheme" }), (text) => {
    const found = canonicalHost(text);
    if (found.ok) deepEqual(canonicalHost(found.value), found);
  }));
  assert(property(someHost, (host) => deepEqual(canonicalHost(host), { ok: true, value: host })));
});

Deno.test("what the database is asked for finds just the hosts that are not apart", () => {
  const database = openDatabase(":memory:", { survives: "process end" });
  database.execute("CREATE TABLE hosts (host TEXT PRIMARY KEY, reversed TEXT)");
  const insert = database.prepare("INSERT OR IGNORE INTO hosts VALUES (?, ?)");
  const below = database.prepare("SELECT host FROM hosts WHERE reversed > ? AND reversed < ?");
  const known = new Set<string>();
  assert(property(someHost, someHost, (left, right) => {
    known.add(left);
    insert.run(left, reversedHost(left));
    const covering = coveringHosts(right);
    const above = reversedHost(right.slice(2));
    const covered = right.startsWith("*.")
      ? below.all(above, `${above.slice(0, -1)}/`).map(({ host }) => host)
      : [];
    for (const host of known) {
      const found = host === right || covering.includes(host) || covered.includes(host);
      equal(found, hostRelation(host, right) !== "apart", `${host} and ${right}`);
    }
  }));
  database.close();
});
