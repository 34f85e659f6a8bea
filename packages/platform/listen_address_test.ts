import assert from "node:assert/strict";
import { addressUrl, parseListenAddress } from "./listen_address.ts";

Deno.test("addresses are read as people write them, and shown as browsers want them", () => {
  const table: readonly [text: string, hostname: string, port: number, url: string][] = [
    ["8080", "127.0.0.1", 8080, "http://127.0.0.1:8080"],
    [":0", "127.0.0.1", 0, "http://127.0.0.1:0"],
    ["0.0.0.0:80", "0.0.0.0", 80, "http://0.0.0.0:80"],
    ["my-host.example:65535", "my-host.example", 65535, "http://my-host.example:65535"],
    ["[::1]:7676", "::1", 7676, "http://[::1]:7676"],
    ["[::ffff:1.2.3.4]:1", "::ffff:1.2.3.4", 1, "http://[::ffff:1.2.3.4]:1"],
  ];
  for (const [text, hostname, port, url] of table) {
    const address = parseListenAddress(text);
    assert.deepEqual(address, { hostname, port }, text);
    assert.equal(addressUrl({ hostname, port }), url);
  }
});

Deno.test("what is no address is not read as one", () => {
  const texts = ["", ":", "a", "a:", "65536", "a:65536", "123456", "-1", "1.5", "::1:80", "[::1]"];
  texts.push("[a b]:1", "http://a:1", "a:1/", "a b:1", "a:1\n", "a@b:1", "[::1:80", "::1]:80");
  for (const text of texts) assert.equal(parseListenAddress(text), undefined, text);
});
