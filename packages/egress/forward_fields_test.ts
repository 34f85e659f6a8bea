import assert from "node:assert/strict";
import type { Field } from "@skerry/http";
import { type ForwardFacts, requestFields, responseFields } from "./forward_fields.ts";

const usual: ForwardFacts = {
  pseudonym: "skerry-1",
  forwarded: "replace",
  host: "shop.example:8080",
  loopsMax: 3,
};
const added: Field[] = [
  ["forwarded", 'for=192.0.2.7;host="shop.example:8080";proto=https'],
  ["x-forwarded-for", "192.0.2.7"],
  ["x-forwarded-host", "shop.example:8080"],
  ["x-forwarded-proto", "https"],
  ["surrogate-capability", 'skerry="Surrogate/1.0"'],
  ["via", "1.1 skerry-1"],
];

/** What a backend is sent of these fields. */
function sent(fields: Field[], facts: Partial<ForwardFacts> = {}, address = "192.0.2.7") {
  const peer = { address, port: 1 };
  const out = requestFields({ fields, scheme: "https", peer }, { ...usual, ...facts });
  return out.ok ? out.value : out.error;
}

Deno.test("fields are passed on in their order, and what the node knows of the client is added", () => {
  const fields: Field[] = [
    ["Accept-Encoding", "gzip"],
    ["Cookie", "a=1"],
    ["Range", "bytes=0-1"],
    ["If-Range", '"x"'],
    ["Cookie", "b=2"],
    ["traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"],
    ["Content-Length", "5"],
    ["Authorization", "Bearer x"],
  ];
  assert.deepEqual(sent(fields), [...fields, ...added]);
});

Deno.test("what surrogates can do is told by those of ours alone (Edge Architecture §2.2)", () => {
  const fields: Field[] = [["Surrogate-Capability", 'abc="ESI/1.0"']];
  const told = (facts: Partial<ForwardFacts>) => {
    const out = sent(fields, facts);
    return out === "loop" ? out : out.filter(([name]) => /^surrogate/i.test(name));
  };
  const own = 'skerry="Surrogate/1.0"';
  assert.deepEqual(told({}), [["surrogate-capability", own]]);
  const both = `abc="ESI/1.0", ${own}`;
  assert.deepEqual(told({ forwarded: "append" }), [["surrogate-capability", both]]);
});

Deno.test("what belongs to the client's connection stays there", () => {
  const fields: Field[] = [
    ["Connection", "close, X-Once"],
    ["connection", "upgrade,x-twice"],
    ["X-Once", "1"],
    ["x-twice", "2"],
    ["Keep-Alive", "timeout=5"],
    ["Upgrade", "h2c"],
    ["HTTP2-Settings", "AAMAAABkAARAAAAAAAIAAAAA"],
    ["TE", "trailers"],
    ["Trailer", "x"],
    ["Transfer-Encoding", "chunked"],
    ["Transfer_Encoding", "chunked"],
    ["Proxy-Connection", "close"],
    ["Proxy-Authorization", "Basic x"],
    ["Proxy", "http://evil.example"],
    ["Expect", "100-continue"],
    ["Host", "shop.example"],
  ];
  assert.deepEqual(sent(fields), added);
});

Deno.test("whom a client claims to speak for is nobody's business, unless a proxy of ours says it", () => {
  const claims: Field[] = [
    ["X-Forwarded-For", "127.0.0.1"],
    ["x_forwarded_for", "127.0.0.1"],
    ["Forwarded", "for=127.0.0.1"],
    ["X-Forwarded-Proto", "http"],
    ["X-Forwarded-Host", "evil.example"],
    ["X-Real-IP", "127.0.0.1"],
    ["X-Cluster-Client-IP", "127.0.0.1"],
    ["X-Forwarded-User", "admin"],
    ["X-Forwarded-Client-Cert", "URI=spiffe://inner/admin"],
    ["X_Forwarded_Groups", "admins"],
  ];
  assert.deepEqual(sent(claims), added);
  assert.deepEqual(sent(claims, { forwarded: "append" }), [
    ["X-Forwarded-For", "127.0.0.1"],
    ["Forwarded", "for=127.0.0.1"],
    ...added,
  ]);
});

Deno.test("a client cannot have the node's own words dropped by naming them in Connection", () => {
  const fields: Field[] = [["Connection", "x-forwarded-for, forwarded, via, x-forwarded-proto"]];
  assert.deepEqual(sent(fields), added);
});

Deno.test("an IPv6 address stands in quotes and brackets where RFC 7239 wants it", () => {
  const out = sent([], {}, "2001:db8::7");
  assert.ok(typeof out !== "string");
  assert.deepEqual(out.slice(0, 2), [
    ["forwarded", 'for="[2001:db8::7]";host="shop.example:8080";proto=https'],
    ["x-forwarded-for", "2001:db8::7"],
  ]);
});

Deno.test("a request that has passed this node too often is a loop, whatever else has passed it on", () => {
  assert.notEqual(sent([["Via", "1.1 other, 1.1 skerry-1"], ["via", "2 skerry-1 (x)"]]), "loop");
  const third: Field[] = [["Via", "1.1 skerry-1,1.0 fred, HTTP/1.1 SKERRY-1"], [
    "Via",
    "2 skerry-1",
  ]];
  assert.equal(sent(third), "loop");
  assert.equal(sent([["Via", "1.1 skerry-1"]], { loopsMax: 1 }), "loop");
  assert.notEqual(sent([["Via", "1.1 skerry-10, 1.1 xskerry-1"]], { loopsMax: 1 }), "loop");
});

Deno.test("a response passes back without what belongs to the backend's connection", () => {
  const fields: Field[] = [
    ["Content-Type", "text/html"],
    ["Content-Encoding", "gzip"],
    ["Content-Length", "7"],
    ["Set-Cookie", "a=1"],
    ["Set-Cookie", "b=2"],
    ["Content-Range", "bytes 0-6/9"],
    ["Via", "1.1 inner"],
  ];
  const dropped: Field[] = [
    ["Connection", "x-hop"],
    ["X-Hop", "1"],
    ["Keep-Alive", "timeout=5"],
    ["Transfer-Encoding", "chunked"],
    ["Trailer", "x"],
    ["Upgrade", "h2"],
    ["Proxy-Authenticate", "Basic"],
    ["Alt-Svc", 'h3=":443"'],
  ];
  const via: Field = ["via", "1.1 skerry-1"];
  assert.deepEqual(responseFields(206, [...dropped, ...fields], usual), [...fields, via]);
  assert.deepEqual(responseFields(204, [["Content-Length", "0"]], usual), [via]);
  assert.deepEqual(responseFields(103, [["Link", "</a>"], ["Connection", "x"]], usual), [
    ["Link", "</a>"],
  ]);
});
