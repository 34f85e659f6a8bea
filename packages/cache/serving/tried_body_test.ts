import { deepEqual, equal, ok } from "node:assert/strict";
import { encodeUtf8 } from "@skerry/base";
import type { KeptBody } from "../body.ts";
import type { Reply } from "../reply.ts";
import { triedBody } from "./tried_body.ts";

/** A body in a file that gives two bytes at a time, and counts who has it open. */
class Filed implements KeptBody {
  readonly bytes = 6;
  opened = 0;
  unclosed = 0;

  slices(): readonly Uint8Array[] {
    return [];
  }

  async *read(first: number, last: number): AsyncGenerator<Uint8Array> {
    this.opened += 1;
    this.unclosed += 1;
    try {
      for (let at = first; at <= last; at += 2) {
        yield encodeUtf8("abcdef".slice(at, Math.min(at + 2, last + 1)));
      }
    } finally {
      this.unclosed -= 1;
    }
  }
}

const whole: Reply = { status: 200, fields: [], body: { kind: "whole" } };

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  let text = "";
  for await (const piece of bytes) text += new TextDecoder().decode(piece);
  return text;
}

async function tried(reply = whole) {
  const filed = new Filed();
  const body = await triedBody(reply, filed);
  ok(body?.read !== undefined && body.close !== undefined);
  return { filed, read: body.read.bind(body), close: body.close };
}

Deno.test("what was tried is read on where it stands: it is not opened again, and closed with its last byte", async () => {
  const { filed, read, close } = await tried();
  equal(await textOf(read(0, 5)), "abcdef");
  deepEqual([filed.opened, filed.unclosed], [1, 0]);
  close();
  deepEqual([filed.opened, filed.unclosed], [1, 0]);
});

Deno.test("a part that was tried is read on too, and another part is opened for itself", async () => {
  const range = { first: 1, last: 4 };
  const { filed, read } = await tried({ ...whole, body: { kind: "range", range } });
  equal(await textOf(read(0, 1)), "ab");
  equal(await textOf(read(1, 4)), "bcde");
  deepEqual([filed.opened, filed.unclosed], [2, 0]);
});

Deno.test("what nobody reads is closed by who lets go of it, and what is read no further by its reader", async () => {
  const unread = await tried();
  unread.close();
  await Promise.resolve();
  equal(unread.filed.unclosed, 0);
  const { filed, read } = await tried();
  for await (const _piece of read(0, 5)) break;
  deepEqual([filed.opened, filed.unclosed], [1, 0]);
});

Deno.test("what cannot be read is none", async () => {
  const gone: KeptBody = {
    bytes: 6,
    slices: () => [],
    // deno-lint-ignore require-yield -- it never comes so far
    async *read() {
      throw new Error("it is there no longer");
    },
  };
  equal(await triedBody(whole, gone), undefined);
});
