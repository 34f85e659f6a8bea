import {
  deepEqual,
  doesNotMatch,
  equal,
  match,
  notEqual,
  ok,
  rejects,
  throws,
} from "node:assert/strict";
import { encodeUtf8, sha256 } from "@skerry/base";
import { assert, property, string } from "fast-check";
import { Attempts } from "./attempts.ts";
import { operator, type TestNode, testNode } from "./testing/node.ts";
import { hashesEqual, tokenId } from "./token_text.ts";
import type { Caller, TokenRequest } from "./tokens.ts";

const root: Caller = { ...operator, tenant: undefined, scopes: ["operator"], expiresMs: undefined };

async function withNode(act: (node: TestNode) => Promise<void>): Promise<void> {
  const node = await testNode();
  try {
    await node.control.tenancy.putTenant(operator, "acme", {});
    await act(node);
  } finally {
    node.close();
  }
}

function make(node: TestNode, more: Partial<TokenRequest> = {}, maker = root) {
  const request: TokenRequest = { name: "ci", tenant: "acme", scopes: ["deploy"], ...more };
  return node.control.tokens.make(maker, request);
}

const recognise = (node: TestNode, text: string) =>
  node.control.tokens.recognise(text, "192.0.2.1");

Deno.test("a token is recognised with what it may do, after a crash too", () =>
  withNode(async (node) => {
    const { text, token } = await make(node);
    match(text, /^skerry_[0-9a-f]{88}$/);
    await node.crash();
    deepEqual(await recognise(node, text), {
      ...{ id: token.id, isOperator: false, tenant: "acme", scopes: ["deploy"] },
      expiresMs: undefined,
    });
    const other = await make(node);
    notEqual(other.text.slice(23), text.slice(23));
  }));

Deno.test("a token that differs in any digit, is revoked or has expired is refused", () =>
  withNode(async (node) => {
    const { text, token } = await make(node, { expiresMs: node.clock.nowMs + 1000 });
    const refused = { code: "SKERRY_TOKEN_REFUSED" };
    for (let at = 7; at < text.length; at++) {
      const digit = text[at] === "0" ? "1" : "0";
      const changed = `${text.slice(0, at)}${digit}${text.slice(at + 1)}`;
      await rejects(node.control.tokens.recognise(changed, `192.0.2.${at}`), refused);
    }
    await recognise(node, text);
    node.clock.nowMs += 1000;
    await rejects(recognise(node, text), refused);
    const later = await make(node);
    node.control.tokens.revoke(root, later.token.id, "acme");
    await rejects(recognise(node, later.text), refused);
    throws(() => node.control.tokens.revoke(root, token.id, "bolt"), { code: "SKERRY_NOT_FOUND" });
  }));

Deno.test("a text that has a token's id and a checksum that fits is no token yet", () =>
  withNode(async (node) => {
    const { text } = await make(node);
    const body = `${text.slice(0, 23)}${"0".repeat(64)}`;
    const checksum = (await sha256(encodeUtf8(`checksum of ${body}`))).toHex().slice(0, 8);
    const forged = `${body}${checksum}`;
    ok(await tokenId(forged) !== undefined);
    await rejects(recognise(node, forged), { code: "SKERRY_TOKEN_REFUSED" });
  }));

Deno.test("the database holds nothing that could be shown as a token", () =>
  withNode(async (node) => {
    const { text, token } = await make(node);
    const kept = node.control.store.tokens.get(token.id);
    const audit = node.control.store.audit.list(undefined, Number.MAX_SAFE_INTEGER, 100);
    const all = JSON.stringify([kept?.token, audit]) + kept?.hash.toHex();
    ok(!all.includes(text.slice(23, 87)));
    doesNotMatch(all, /skerry_/);
  }));

Deno.test("the first token of a node is its operator's, kept before it is one, and made once", () =>
  withNode(async (node) => {
    const { tokens } = node.control;
    const kept: string[] = [];
    const keep = (text: string) => {
      kept.push(text);
      return Promise.resolve();
    };
    await rejects(tokens.first(() => Promise.reject(new Error("the disk is full"))), /full/);
    const first = await tokens.first(keep);
    ok(first !== undefined);
    deepEqual(kept, [first.text]);
    equal((await recognise(node, first.text)).isOperator, true);
    equal(await tokens.first(keep), undefined);
    tokens.revoke(root, first.token.id, undefined);
    ok(await tokens.first(keep) !== undefined);
    const [only] = node.control.store.tokens.list(undefined);
    const expiresMs = node.clock.nowMs + 1000;
    await make(node, { tenant: undefined, scopes: ["operator"], expiresMs });
    tokens.revoke(root, only?.id ?? "", undefined);
    equal(await tokens.first(keep), undefined);
    node.clock.nowMs = expiresMs;
    ok(await tokens.first(keep) !== undefined);
  }));

Deno.test("a token makes no token that may do more, elsewhere, or for longer", () =>
  withNode(async (node) => {
    await node.control.tenancy.putTenant(operator, "bolt", {});
    const expiresMs = node.clock.nowMs + 10_000;
    const made = await make(node, { scopes: ["tokens", "read"], expiresMs });
    const maker = await recognise(node, made.text);
    equal((await make(node, { scopes: ["read"] }, maker)).token.expiresMs, expiresMs);
    const scopeMissing = { code: "SKERRY_SCOPE_MISSING" };
    await rejects(make(node, { scopes: ["deploy"] }, maker), scopeMissing);
    await rejects(make(node, { scopes: ["read"], tenant: "bolt" }, maker), scopeMissing);
    const longer = { scopes: ["read"] as const, expiresMs: expiresMs + 1 };
    await rejects(make(node, longer, maker), scopeMissing);
    await rejects(make(node, { scopes: ["operator"], tenant: undefined }, maker), scopeMissing);
    const mistaken = { code: "SKERRY_REQUEST_INVALID" };
    await rejects(make(node, { scopes: ["operator"] }), mistaken);
    await rejects(make(node, { scopes: ["read"], tenant: undefined }), mistaken);
    await rejects(make(node, { scopes: [] }), mistaken);
    await rejects(make(node, { expiresMs: node.clock.nowMs }), mistaken);
    await rejects(make(node, { tenant: "none" }), { code: "SKERRY_NOT_FOUND" });
  }));

Deno.test("a token's last use is known to the minute, and its tenant's end is its own", () =>
  withNode(async (node) => {
    const { text, token } = await make(node);
    const used = () => node.control.store.tokens.get(token.id)?.token.usedMs;
    await recognise(node, text);
    const first = used();
    equal(first, node.clock.nowMs);
    node.clock.nowMs += 59_000;
    await recognise(node, text);
    equal(used(), first);
    node.clock.nowMs += 1_000;
    await recognise(node, text);
    equal(used(), node.clock.nowMs);
    await node.control.tenancy.removeTenant(operator, "acme");
    await rejects(recognise(node, text), { code: "SKERRY_TOKEN_REFUSED" });
  }));

Deno.test("an address that tries too many tokens is told to wait; who has one is let in from it", () =>
  withNode(async (node) => {
    const { text } = await make(node);
    const wrong = `${text.slice(0, 30)}${text.slice(31)}`;
    for (let more = 0; more < 20; more++) {
      await rejects(recognise(node, wrong), { code: "SKERRY_TOKEN_REFUSED" });
    }
    await rejects(recognise(node, wrong), { code: "SKERRY_TOO_MANY" });
    await recognise(node, text);
    const elsewhere = node.control.tokens.recognise(wrong, "192.0.2.2");
    await rejects(elsewhere, { code: "SKERRY_TOKEN_REFUSED" });
    node.clock.nowMs += 60_000;
    await rejects(recognise(node, wrong), { code: "SKERRY_TOKEN_REFUSED" });
  }));

Deno.test("addresses that one may have all of count as one, and few are remembered", () => {
  const attempts = new Attempts();
  const fail = (address: string) => attempts.fail(address, 0);
  for (let more = 0; more < 20; more++) equal(fail(`2001:db8:0:1::${more}`), undefined);
  equal(fail("2001:db8:0:1:1:2:3:4"), 60_000);
  equal(fail("2001:db8:0:2::1"), undefined);
  for (let more = 0; more < 10_000; more++) fail(`host ${more}`);
  equal(fail("2001:db8:0:1::1"), undefined);
});

Deno.test("no text is taken for a token but a token", async () => {
  assert(property(string(), (text) => void tokenId(text).then((id) => equal(id, undefined))));
  equal(await tokenId(`skerry_${"0".repeat(88)}`), undefined);
  equal(hashesEqual(new Uint8Array(2), new Uint8Array(3)), false);
  equal(hashesEqual(new Uint8Array([1, 2]), new Uint8Array([1, 3])), false);
  equal(hashesEqual(new Uint8Array([1, 2]), new Uint8Array([1, 2])), true);
});
