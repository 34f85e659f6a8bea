import assert from "node:assert/strict";
import { decodePath, parseRequestTarget } from "./mod.ts";

function parse(target: string, hosts: string[], method = "GET") {
  const fields = hosts.map((host) => ["Host", host] as const);
  return parseRequestTarget({ method, target, scheme: "http", fields });
}

function check(target: string, path: string, query = "") {
  const parsed = parse(target, ["a"]);
  assert.ok(parsed.ok, JSON.stringify(parsed));
  assert.deepEqual([parsed.value.path, parsed.value.query], [path, query]);
}

function checkRefused(target: string, hosts: string[], status: number, method?: string) {
  const parsed = parse(target, hosts, method);
  assert.ok(!parsed.ok, JSON.stringify(parsed));
  assert.equal(parsed.error.status, status);
}

Deno.test("a plain target is split into host, port, path and query", () => {
  assert.deepEqual(parse("/a%20b?q=1", ["A.example:8080"]), {
    ok: true,
    value: { scheme: "http", host: "a.example", port: 8080, path: "/a%20b", query: "q=1" },
  });
  assert.equal(parse("/", ["[::1]:7676"]).ok, true);
  check("http://a/x?y", "/x", "y");
  check("http://a", "/");
});

Deno.test("dot segments never climb, encoded or not", () => {
  check("/x/../../../etc/passwd", "/etc/passwd");
  check("/%2e%2e/%2E%2e/x", "/x");
  check("/x/./y", "/x/y");
  check("//x/../y", "//y");
});

Deno.test("a Host field that smuggles a path, a user or another host is refused, and so are none and two", () => {
  checkRefused("/path", ["a@b/c?d"], 400);
  checkRefused("/", ["a@b"], 400);
  checkRefused("http://other/", ["a"], 400);
  checkRefused("http://u@a/", ["a"], 400);
  checkRefused("/", [], 400);
  checkRefused("/", ["a", "a"], 400);
  checkRefused("/", [""], 400);
  checkRefused("/", ["a:99999"], 400);
});

Deno.test("a target that is no path, or holds a fragment, is refused", () => {
  for (const target of ["", "?x", "x", "*", "/x#y", "ftp://a/x", "//a\0", "/a\\b", "/é", "/a b"]) {
    checkRefused(target, ["a"], 400);
  }
});

Deno.test("a path that cannot be decoded, or that holds a NUL, is refused", () => {
  for (const target of ["/%00", "/%ff", "/%zz"]) checkRefused(target, ["a"], 400);
});

Deno.test("dot segments behind encoded slashes are refused; other encoded slashes are the guest's", () => {
  for (
    const target of [
      "/a%2f..%2f..%2fetc",
      "/a%2F..",
      "/..%2fetc",
      "/%2e%2e%2fetc",
      "/a%2f.%2fb",
      "/a%2f%2E%2e/b",
      "/.%2f",
    ]
  ) checkRefused(target, ["a"], 400);
  check("/a%2fb", "/a%2fb");
  check("/a..%2f...%2f.b", "/a..%2f...%2f.b");
});

Deno.test("CONNECT, TRACE and malformed methods are refused", () => {
  checkRefused("/", ["a"], 501, "TRACE");
  checkRefused("a:80", ["a"], 501, "CONNECT");
  checkRefused("/", ["a"], 400, "GE T");
});

Deno.test("a path is decoded as PATH_INFO wants it", () => {
  assert.equal(decodePath("/a%20b/%C3%A9"), "/a b/é");
});

Deno.test("fields that come again with another target are read for that one", () => {
  const constant = Object.freeze([Object.freeze(["Host", "a"] as const)]);
  const hostless = Object.freeze([Object.freeze(["x", "a"] as const)]);
  for (const fields of [constant, hostless, constant]) {
    for (const target of ["/a", "/b", "//", "/a"]) {
      for (const method of ["GET", "TRACE", "GET"]) {
        for (const scheme of ["http", "https"] as const) {
          const request = { method, target, scheme };
          const parsed = parseRequestTarget({ ...request, fields });
          const anew = fields.map(([name, value]) => [name, value] as const);
          assert.deepEqual(parsed, parseRequestTarget({ ...request, fields: anew }));
        }
      }
    }
  }
});

Deno.test("what is made of fields is not remembered where one of them may change", () => {
  const host: [string, string] = ["Host", "a"];
  const fields = Object.freeze([host]);
  const hostOf = () => {
    const parsed = parseRequestTarget({ method: "GET", target: "/", scheme: "http", fields });
    return parsed.ok && parsed.value.host;
  };
  assert.equal(hostOf(), "a");
  host[1] = "b";
  assert.equal(hostOf(), "b");
});
