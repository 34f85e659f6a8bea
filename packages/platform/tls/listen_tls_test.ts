/** TLS as its clients see it; what is spoken over it is tested elsewhere. */

import assert from "node:assert/strict";
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from "node:tls";
import type { Handler, Listener } from "../listen.ts";
import { answer, describe, pieces, streamed, text } from "../listen_testing.ts";
import { Certificates } from "./certificates.ts";
import { listenTls, type ListenTlsOptions } from "./listen_tls.ts";
import { otherCertificate, shopCertificate, wildCertificate } from "./testing/certificates.ts";

const ca = [shopCertificate, wildCertificate, otherCertificate].map(({ certPem }) => certPem);

/** Runs a server for as long as `use` takes. */
async function withTls(
  handler: Handler,
  use: (listener: Listener, certificates: Certificates) => Promise<void>,
  options: Partial<ListenTlsOptions> = {},
): Promise<void> {
  const certificates = new Certificates();
  certificates.replace({
    "shop.test": shopCertificate,
    "localhost": shopCertificate,
    "*.wild.test": wildCertificate,
    "*": otherCertificate,
  });
  const listener = await listenTls({ hostname: "127.0.0.1", port: 0 }, handler, {
    certificates,
    ...options,
  });
  try {
    await use(listener, certificates);
  } finally {
    await listener.close(0);
  }
}

/** Shakes hands; rejects where the server does not. */
function shake({ address }: Listener, options: ConnectionOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host: "127.0.0.1", port: address.port, ca, ...options });
    socket.once("secureConnect", () => resolve(socket));
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("closed")));
  });
}

/** Sends a request on a connection of its own, and gives all that comes until its end. */
async function ask(listener: Listener, servername: string, request: string): Promise<string> {
  const socket = await shake(listener, { servername });
  socket.write(request);
  let all = "";
  for await (const piece of socket) all += piece.toString("latin1");
  return all;
}

const get = (host: string) => `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;

/** Whose certificate a client is shown. */
async function shown(listener: Listener, servername: string): Promise<string | undefined> {
  const socket = await shake(listener, { servername, checkServerIdentity: () => undefined });
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return String(subject.CN);
}

Deno.test("a client is shown the certificate of the host it names, and its requests are https", async () => {
  await withTls(({ scheme, target }) => answer(`<${scheme} ${target}>`), async (listener) => {
    assert.equal(await shown(listener, "shop.test"), "shop.test");
    assert.equal(await shown(listener, "SHOP.test"), "shop.test");
    assert.equal(await shown(listener, "a.wild.test"), "wild.test");
    assert.equal(await shown(listener, "whoever.test"), "other.test");
    assert.equal(await shown(listener, ""), "other.test");
    assert.match(
      await ask(listener, "shop.test", get("shop.test")),
      /^HTTP\/1\.1 200 [^]*<https \/>$/,
    );
  });
});

Deno.test("certificates are replaced while connections stand, also for names that were asked for before", async () => {
  await withTls(describe, async (listener, certificates) => {
    const standing = await shake(listener, { servername: "shop.test" });
    assert.equal(await shown(listener, "shop.test"), "shop.test");
    certificates.replace({ "shop.test": otherCertificate });
    assert.equal(await shown(listener, "shop.test"), "other.test");
    await assert.rejects(shown(listener, "a.wild.test"));
    certificates.replace({ "shop.test": shopCertificate });
    assert.equal(await shown(listener, "shop.test"), "shop.test");
    standing.write(get("shop.test"));
    let all = "";
    for await (const piece of standing) all += piece.toString();
    assert.match(all, /^HTTP\/1\.1 200 /);
  });
});

Deno.test("a host whose certificate is another's is not served on a connection", async () => {
  const seen: string[] = [];
  await withTls(({ fields }) => {
    seen.push(fields[0]?.[1] ?? "");
    return answer("taken");
  }, async (listener) => {
    const table: readonly (readonly [name: string, host: string, status: number])[] = [
      ["shop.test", "shop.test", 200],
      ["shop.test", "SHOP.test:8443", 200],
      ["shop.test", "a.wild.test", 421],
      ["shop.test", "unknown.test", 421],
      ["a.wild.test", "b.c.wild.test", 200],
      ["a.wild.test", "shop.test", 421],
      ["unknown.test", "shop.test", 421],
      ["unknown.test", "other.test", 200],
      // A client that names no host has to be content with the default certificate.
      ["", "shop.test", 200],
    ];
    for (const [name, host, status] of table) {
      const socket = await shake(listener, {
        servername: name,
        checkServerIdentity: () => undefined,
      });
      socket.write(get(host));
      let all = "";
      for await (const piece of socket) all += piece.toString();
      assert.match(all, new RegExp(`^HTTP/1\\.1 ${status} `), `${name} ${host}`);
    }
  });
  assert.deepEqual(seen, [
    "shop.test",
    "SHOP.test:8443",
    "b.c.wild.test",
    "other.test",
    "shop.test",
  ]);
});

Deno.test("a client that does not shake hands in its time is cut off, and so is one that speaks no TLS", async () => {
  await withTls(describe, async (listener) => {
    for (const sent of ["", "\x16\x03\x01", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"]) {
      const client = await Deno.connect(listener.address);
      await client.write(new TextEncoder().encode(sent));
      let received = 0;
      for (;;) {
        const count = await client.read(new Uint8Array(1000)).catch(() => null);
        if (count === null) break;
        received += count;
      }
      // An alert at most (RFC 8446 §6), and nothing in clear text.
      assert.ok(received < 10);
      client.close();
    }
    assert.match(await ask(listener, "shop.test", get("shop.test")), /^HTTP\/1\.1 200 /);
  }, { tlsLimits: { handshakeWallMsMax: 100 } });
});

Deno.test("handshakes that stand still keep nobody out", async () => {
  await withTls(describe, async (listener) => {
    const idle = [];
    for (let count = 0; count < 20; count += 1) idle.push(await Deno.connect(listener.address));
    assert.match(await ask(listener, "shop.test", get("shop.test")), /^HTTP\/1\.1 200 /);
    // The oldest were given up.
    assert.equal(await idle[0]?.read(new Uint8Array(1)).catch(() => null), null);
    for (const client of idle) client.close();
  }, { tlsLimits: { handshakesMax: 5 } });
});

/** The first bytes of a client that begins to shake hands. */
async function clientHello(): Promise<Uint8Array> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const client = connectTls({
    host: "127.0.0.1",
    port: listener.addr.port,
    servername: "shop.test",
  });
  client.on("error", () => {});
  const connection = await listener.accept();
  const bytes = new Uint8Array(4_000);
  const count = await connection.read(bytes);
  client.destroy();
  connection.close();
  listener.close();
  return bytes.subarray(0, count ?? 0);
}

Deno.test("clients that break off or spoil their handshake at any point do no harm", async () => {
  const hello = await clientHello();
  assert.ok(hello.length > 100);
  await withTls(describe, async (listener) => {
    for (let at = 0; at < hello.length; at += 7) {
      const cut = await Deno.connect(listener.address);
      await cut.write(hello.subarray(0, at + 1));
      cut.close();
      const spoilt = await Deno.connect(listener.address);
      const bytes = hello.slice();
      bytes[at] = (bytes[at] ?? 0) ^ 0xff;
      await spoilt.write(bytes);
      // Sometimes it has an answer that it does not read, which resets the connection.
      if (at % 2 === 0) await spoilt.read(new Uint8Array(1)).catch(() => null);
      spoilt.close();
      const early = await Deno.connect(listener.address);
      await early.write(hello);
      await early.write(new Uint8Array(at));
      early.close();
    }
    assert.match(await ask(listener, "shop.test", get("shop.test")), /^HTTP\/1\.1 200 /);
  }, { tlsLimits: { handshakeWallMsMax: 300 } });
});

Deno.test("a protocol that we do not speak is not agreed on", async () => {
  await withTls(describe, async (listener) => {
    await assert.rejects(shake(listener, { servername: "shop.test", ALPNProtocols: ["spdy/3"] }));
    const socket = await shake(listener, { servername: "shop.test", ALPNProtocols: ["http/1.1"] });
    assert.equal(socket.alpnProtocol, "http/1.1");
    socket.destroy();
  });
});

/** A client that reads only when it is told, and is told when what it writes is taken. */
function connect({ address: { port } }: Listener): Promise<Deno.TlsConn> {
  return Deno.connectTls({ hostname: "localhost", port, caCerts: ca });
}

/** Waits until a number has not grown for a while: what the kernel and both ends hold is full. */
async function still(count: () => number): Promise<number> {
  for (let before = -1; before !== count();) {
    before = count();
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  return count();
}

Deno.test("a large response comes whole, and waits for a client that does not read", async () => {
  let made = 0;
  async function* body() {
    for (; made < 2_000; made += 1) yield new Uint8Array(20_000);
  }
  await withTls(() => streamed(body()), async (listener) => {
    const client = await connect(listener);
    await client.write(new TextEncoder().encode(get("localhost")));
    const taken = await still(() => made);
    assert.ok(taken < 1_000, `${taken} pieces were taken from a client that reads nothing`);
    let bytes = 0;
    const into = new Uint8Array(100_000);
    for (let count: number | null; (count = await client.read(into)) !== null;) bytes += count;
    assert.ok(bytes > 40_000_000);
    client.close();
  });
});

Deno.test("a request's body waits for its handler, and arrives whole", async () => {
  const asked = Promise.withResolvers<void>();
  await withTls(async ({ body }) => {
    await asked.promise;
    let bytes = 0;
    for await (const piece of pieces(body)) bytes += piece.length;
    return answer(`<${bytes}>`);
  }, async (listener) => {
    const client = await connect(listener);
    const size = 40_000_000;
    const head = `Host: localhost\r\nConnection: close\r\nContent-Length: ${size}\r\n`;
    await client.write(new TextEncoder().encode(`POST / HTTP/1.1\r\n${head}\r\n`));
    let sent = 0;
    const sending = (async () => {
      while (sent < size) sent += await client.write(new Uint8Array(20_000));
    })();
    const taken = await still(() => sent);
    assert.ok(taken < size / 2, `${taken} bytes were taken that nobody read`);
    asked.resolve();
    await sending;
    const into = new Uint8Array(1_000);
    let all = "";
    for (let count: number | null; (count = await client.read(into)) !== null;) {
      all += text(into.subarray(0, count));
    }
    assert.match(all, /<40000000>$/);
    client.close();
  });
});
