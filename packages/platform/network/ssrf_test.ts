import assert from "node:assert/strict";
import {
  addressPolicy,
  Backends,
  type BackendSettings,
  globalAddressesOnly,
  type Network,
} from "@skerry/egress";
import { systemClock } from "../clock.ts";
import { systemRandom } from "../random.ts";
import { systemNetwork } from "./network.ts";
import { get, loopbackBackend } from "./testing/backends.ts";
import { rawServer } from "./testing/servers.ts";

type Resolve = Network["resolve"];

/** What becomes of a GET by a tenant for whom no private address is open. */
async function reach(settings: BackendSettings, resolve: Resolve, request = {}): Promise<string> {
  const network = { ...await systemNetwork(), resolve };
  const limits = { resolutionMsMax: 0, retryWaitMs: 1 };
  const backends = new Backends(network, systemClock, systemRandom, limits);
  const backend = backends.open("tenant", "inner", settings, globalAddressesOnly);
  if (!backend.ok) return "never opened";
  const { signal } = new AbortController();
  const asked = { method: "GET", target: "/", fields: [], body: undefined, ...request };
  const answer = await backend.value.send(asked, signal);
  backends.close();
  if (answer.ok) return `answered ${answer.value.status}`;
  assert.doesNotMatch(answer.error.why, /\d\.\d|::|[0-9a-f]:[0-9a-f]/, "no address is told");
  return answer.error.kind;
}

const never: Resolve = () => Promise.reject(new Error("nobody asks"));

Deno.test("INV-14: an origin that is a private address, however it is written, is never opened", async () => {
  await using server = await rawServer((socket) => socket.end("HTTP/1.1 200 OK\r\n\r\nsecret"));
  const { port } = server;
  const hosts = [
    ...["127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "0.0.0.0", "0", "2130706433"],
    ...["017700000001", "0177.0.0.1", "0177.0.0.01", "0x7f.0.0.1", "0x7f.1", "0x7f000001"],
    ...["127.0.0.1.", "127.00.0.1", "127。0。0。1", "１２７.0.0.1", "①②⑦.0.0.1", "127%2e0.0.1"],
    ...["[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"],
    ...["[::127.0.0.1]", "[::ffff:0:127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b:1::7f00:1]"],
    ...["[2002:7f00:1::]", "[2001:0:7f00:1::1]", "[fe80::1%25lo]", "[fe80::1%lo]", "[fe80::1]"],
    ...["[fc00::1]", "[fd00:ec2::254]", "[fec0::1]", "[ff02::1]", "[2001:db8::1]", "[100::1]"],
    ...["10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.100.100.200"],
    ...["192.0.0.192", "168.63.129.16", "255.255.255.255", "224.0.0.1", "198.18.0.1"],
    ...["localhost", "LOCALHOST", "localhost.", "a.localhost", "metadata.google.internal"],
    ...["kubernetes", "printer.local", "[::1", "::1", "[127.0.0.1]", "user@127.0.0.1"],
    ...["8.8.8.8@127.0.0.1", "127.0.0.1#.example", "127.0.0.1/.example", "127.0.0.1\\.example"],
    ...["a.example\r\nHost: 127.0.0.1", "a.example\0.127.0.0.1", "a.example 127.0.0.1", "", "."],
  ];
  for (const host of hosts) {
    for (const origin of [`http://${host}:${port}`, `https://${host}`]) {
      assert.equal(await reach({ origin }, never), "never opened", origin);
    }
  }
  const schemes = ["file:///etc/passwd", "ftp://a.example", "unix:/run/x.sock", "http:127.0.0.1"];
  const odd = ["//127.0.0.1", "http://", "http:///127.0.0.1", "javascript:1", "gopher://a.example"];
  for (const origin of [...schemes, ...odd, "http://a.example:22", "http://a.example:99999"]) {
    assert.equal(await reach({ origin }, never), "never opened", origin);
  }
  assert.equal(server.connections(), 0);
});

Deno.test("INV-14: a name that leads to a private address is not connected to, whatever else it leads to", async () => {
  await using server = await rawServer((socket) => socket.end("HTTP/1.1 200 OK\r\n\r\nsecret"));
  const origin = `http://shop.example:${server.port}`;
  const answers = [
    ["127.0.0.1"],
    ["8.8.8.8", "127.0.0.1"],
    ["127.0.0.1", "8.8.8.8"],
    ["::1"],
    ["::ffff:127.0.0.1"],
    ["::ffff:7f00:1"],
    ["64:ff9b::7f00:1"],
    ["2002:7f00:1::1"],
    ["2001:0:1::1"],
    ["0.0.0.0"],
    ["::"],
    ["169.254.169.254"],
    ["fe80::1%lo"],
    ["fe80::1"],
    ["fd00::1", "2606:4700::1111"],
    ["10.0.0.1"],
    ["100.64.0.1"],
    ["224.0.0.1"],
    ["255.255.255.255"],
    // What a resolver should never say: text that others would mend into an address, or resolve once more.
    ["127.1"],
    ["2130706433"],
    ["0x7f.1"],
    ["localhost"],
    ["alias.example"],
    [""],
    ["127.0.0.1:80"],
  ];
  for (const texts of answers) {
    assert.equal(await reach({ origin }, () => Promise.resolve(texts)), "refused", String(texts));
  }
  assert.equal(await reach({ origin }, () => Promise.resolve([])), "dns");
  assert.equal(await reach({ origin }, never), "dns");
  assert.equal(server.connections(), 0);
});

Deno.test("INV-14: a name is resolved for each connection, and each answer is checked: rebinding gains nothing", async () => {
  await using server = await rawServer((socket) =>
    socket.end("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi")
  );
  const opened = addressPolicy({ privateBackends: ["127.0.0.1/32"] });
  assert.ok(opened.ok);
  let asked = 0;
  // First to where it may be, then to this machine by another of its addresses.
  const rebinding: Resolve = () => Promise.resolve([asked++ === 0 ? "127.0.0.1" : "127.0.0.2"]);
  const network = { ...await systemNetwork(), resolve: rebinding };
  const backends = new Backends(network, systemClock, systemRandom, { resolutionMsMax: 0 });
  const origin = `http://shop.example:${server.port}`;
  const backend = backends.open("tenant", "inner", { origin }, opened.value);
  assert.ok(backend.ok);
  assert.deepEqual(await get(backend.value), { status: 200, body: "hi" });
  for (let turn = 0; turn < 3; turn += 1) {
    assert.deepEqual(await get(backend.value), { failed: "refused" });
  }
  backends.close();
  assert.equal(asked, 4, "once for each connection, and by nobody else");
  assert.equal(server.connections(), 1);
});

Deno.test("a system's own resolver is held to the same", async () => {
  await using server = await rawServer((socket) => socket.end("HTTP/1.1 200 OK\r\n\r\nsecret"));
  const { resolve } = await systemNetwork();
  const lying: Resolve = (_name, signal) => resolve("localhost", signal);
  assert.equal(await reach({ origin: `http://a.example:${server.port}` }, lying), "refused");
  assert.equal(server.connections(), 0);
});

Deno.test("no request leads elsewhere than its backend, by Host, target, fields or method", async () => {
  await using server = await rawServer((socket) => socket.end("HTTP/1.1 200 OK\r\n\r\nsecret"));
  const origin = `http://shop.example:${server.port}`;
  const host = (value: string) => reach({ origin, host: value }, never);
  for (const value of ["a b", "a\r\nX: y", "a/b", "a@b", "127.1", "", "a:0", "a,b", "*.example"]) {
    assert.equal(await host(value), "never opened", value);
  }
  const requests = [
    ...["http://127.0.0.1/", "//127.0.0.1/\r\n", "*", "", "a", "/a b", "/a\r\nHost: b", "/#a", "/é"]
      .map((target) => ({ target })),
    ...["CONNECT", "TRACE", "GET / HTTP/1.1\r\nX: y\r\n\r\nGET", "G ET", ""]
      .map((method) => ({ method })),
    ...[
      ["X\r\nY", "z"],
      ["X", "a\r\nHost: b"],
      ["X", "a\nb"],
      ["X", "a\0"],
      ["X:", "a"],
      ["", "a"],
      ["X ", "a"],
      ["X", "\u2028é—"],
      ["Transfer-Encoding", "chunked"],
      ["Connection", "X"],
      ["Upgrade", "h2c"],
      ["TE", "trailers"],
      ["Proxy-Authorization", "x"],
      ["Content-Length", "+1"],
      ["Content-Length", "1, 1"],
    ].map((field) => ({ fields: [field] })),
    { upgrade: "a\r\nb" },
    { upgrade: "a, b" },
  ];
  for (const request of requests) {
    assert.equal(await reach({ origin }, never, request), "request", JSON.stringify(request));
  }
  assert.equal(server.connections(), 0);
});

Deno.test("proxies that the environment names are not asked", async () => {
  await using proxy = await rawServer((socket) => socket.end("HTTP/1.1 200 OK\r\n\r\nproxied"));
  await using server = await rawServer((socket) => socket.end("HTTP/1.1 200 OK\r\n\r\ndirect"));
  const names = ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY"];
  const before = names.map((name) => [name, Deno.env.get(name)] as const);
  try {
    for (const name of names) Deno.env.set(name, `http://127.0.0.1:${proxy.port}`);
    const backend = await loopbackBackend(server.port);
    assert.deepEqual(await get(backend), { status: 200, body: "direct" });
    backend.close();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
  }
  assert.equal(proxy.connections(), 0);
});
