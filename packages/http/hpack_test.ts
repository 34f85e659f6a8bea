/** HPACK by the examples of its specification (RFC 7541 appendix C), and against itself. */

import assert from "node:assert/strict";
import * as fc from "fast-check";
import { HpackDecoder } from "./hpack_decoder.ts";
import { HpackEncoder } from "./hpack_encoder.ts";
import { huffmanDecode, huffmanEncode, huffmanLength } from "./hpack_huffman.ts";
import { staticTable } from "./hpack_static_table.ts";
import type { Field } from "./message.ts";

const limits = { fieldsMax: 1_000, listBytesMax: 1_000_000 };

function hex(text: string): Uint8Array {
  return Uint8Array.from(text.replace(/\s/g, "").match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** Fields written as `name: value` lines. */
function fieldsOf(text: string): Field[] {
  return text.trim().split("\n").map((line) => {
    const [, name = "", value = ""] = /^\s*(:?[^:]+): (.*)$/.exec(line) ?? [];
    return [name, value];
  });
}

Deno.test("the static table is that of the specification", () => {
  assert.equal(staticTable.length, 61);
  assert.deepEqual(staticTable[1], [":method", "GET"]);
  assert.deepEqual(staticTable[15], ["accept-encoding", "gzip, deflate"]);
  assert.deepEqual(staticTable[31], ["cookie", ""]);
  assert.deepEqual(staticTable[60], ["www-authenticate", ""]);
});

Deno.test("the examples of the specification are read as it says, one after another", () => {
  const first = `:method: GET\n:scheme: http\n:path: /\n:authority: www.example.com`;
  const second = `${first}\ncache-control: no-cache`;
  const third =
    `:method: GET\n:scheme: https\n:path: /index.html\n:authority: www.example.com\ncustom-key: custom-value`;
  const response = (status: string, at: string) =>
    `:status: ${status}\ncache-control: private\ndate: Mon, 21 Oct 2013 20:13:${at} GMT\nlocation: https://www.example.com`;
  const last =
    `:status: 200\ncache-control: private\ndate: Mon, 21 Oct 2013 20:13:22 GMT\nlocation: https://www.example.com\n` +
    `content-encoding: gzip\nset-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1`;
  const table: readonly (readonly [
    section: string,
    tableBytesMax: number,
    blocks: readonly (readonly [bytes: string, fields: string])[],
  ])[] = [
    ["C.2.1", 4096, [[
      "400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572",
      "custom-key: custom-header",
    ]]],
    ["C.2.2", 4096, [["040c 2f73 616d 706c 652f 7061 7468", ":path: /sample/path"]]],
    ["C.2.3", 4096, [["1008 7061 7373 776f 7264 0673 6563 7265 74", "password: secret"]]],
    ["C.2.4", 4096, [["82", ":method: GET"]]],
    ["C.3", 4096, [
      ["8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d", first],
      ["8286 84be 5808 6e6f 2d63 6163 6865", second],
      ["8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65", third],
    ]],
    ["C.4", 4096, [
      ["8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff", first],
      ["8286 84be 5886 a8eb 1064 9cbf", second],
      ["8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf", third],
    ]],
    ["C.5", 256, [
      [
        `4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133
         2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d`,
        response("302", "21"),
      ],
      ["4803 3330 37c1 c0bf", response("307", "21")],
      [
        `88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a
         6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d
         6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31`,
        last,
      ],
    ]],
    ["C.6", 256, [
      [
        `4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d
         29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3`,
        response("302", "21"),
      ],
      ["4883 640e ffc1 c0bf", response("307", "21")],
      [
        `88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d
         d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07`,
        last,
      ],
    ]],
  ];
  for (const [section, tableBytesMax, blocks] of table) {
    const decoder = new HpackDecoder(tableBytesMax);
    for (const [bytes, fields] of blocks) {
      assert.deepEqual(decoder.decode(hex(bytes), limits), fieldsOf(fields), section);
    }
  }
});

Deno.test("what is written is read as the same fields, whatever the table's size becomes in between", () => {
  const character = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
  const text = fc.oneof(
    fc.constantFrom(
      "",
      "a",
      "GET",
      "200",
      "set-cookie",
      ":status",
      ":path",
      "content-type",
      "x".repeat(300),
    ),
    fc.string({ unit: character, maxLength: 40 }),
    fc.string({ unit: "grapheme-ascii", maxLength: 200 }),
  );
  const block = fc.array(fc.tuple(text, text), { maxLength: 30 });
  const step = fc.record({
    fields: block,
    sizes: fc.array(fc.constantFrom(0, 1, 100, 500, 4096, 65_536), { maxLength: 3 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const encoder = new HpackEncoder();
      const decoder = new HpackDecoder(65_536);
      for (const { fields, sizes } of steps) {
        for (const size of sizes) encoder.setTableBytesMax(size);
        assert.deepEqual(decoder.decode(encoder.encode(fields).slice(), limits), fields);
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("a field that comes again takes a byte or two, but not a secret one", () => {
  const encoder = new HpackEncoder();
  const fields: Field[] = [[":status", "200"], ["content-type", "text/plain; charset=utf-8"]];
  encoder.encode(fields);
  assert.equal(encoder.encode(fields).length, 2);
  const cookie: Field[] = [["set-cookie", "session=abc"]];
  const length = encoder.encode(cookie).length;
  assert.equal(encoder.encode(cookie).length, length);
  assert.equal((encoder.encode(cookie)[0] ?? 0) & 0xf0, 0x10);
});

Deno.test("any bytes are fields or malformed, and never more than the bounds allow", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.array(fc.constantFrom(0x40, 0x41, 0x61, 0x80, 0x82, 0xbe, 0xbf, 0x20, 0x3f, 0, 1, 0xff), {
      maxLength: 100,
    }).map((all) => Uint8Array.from(all)),
  );
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 5 }), (blocks) => {
      const decoder = new HpackDecoder(200);
      for (const block of blocks) {
        const fields = decoder.decode(block, { fieldsMax: 10, listBytesMax: 500 });
        if (typeof fields === "string") continue;
        assert.ok(fields.length <= 10);
        assert.ok(
          fields.reduce((sum, [name, value]) => sum + name.length + value.length + 32, 0) <= 500,
        );
      }
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("what breaks the format is malformed", () => {
  const table: readonly (readonly [bytes: string, why: string])[] = [
    ["80", "index 0 (§6.1)"],
    ["be", "an entry that is not there"],
    ["ff80808080", "an integer without an end"],
    ["ffffffffff0f", "an integer beyond all bounds (§5.1)"],
    ["ff", "an integer that is cut off"],
    ["00", "a string that is missing"],
    ["000161", "a value that is missing"],
    ["00056162", "a string that is cut off"],
    ["0001617f8080", "a length beyond the block"],
    ["8220", "a change of size after a field (§4.2)"],
    ["3fe21f", "a table larger than allowed (§6.3)"],
    ["00016184ffffffff", "EOS within a string (§5.2)"],
    ["0001618118", "padding that is not of ones (§5.2)"],
    ["000161821fff", "padding of a byte (§5.2)"],
  ];
  for (const [bytes, why] of table) {
    assert.equal(new HpackDecoder(4096).decode(hex(bytes), limits), "malformed", why);
  }
});

Deno.test("a block that is too large is dropped, and those after it are read right", () => {
  const encoder = new HpackEncoder();
  const decoder = new HpackDecoder(4096);
  const many: Field[] = Array.from({ length: 20 }, (_, index) => [`x-${index}`, "some value"]);
  const block = encoder.encode(many).slice();
  assert.equal(decoder.decode(block, { fieldsMax: 19, listBytesMax: 10_000 }), "too large");
  assert.deepEqual(decoder.decode(encoder.encode(many), limits), many);
  assert.equal(
    decoder.decode(encoder.encode(many), { fieldsMax: 100, listBytesMax: 500 }),
    "too large",
  );
  assert.deepEqual(decoder.decode(encoder.encode(many), limits), many);
});

Deno.test("each byte has a code of its own, and comes back from it", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 255 })), (codes) => {
    const text = String.fromCharCode(...codes);
    const bytes = new Uint8Array(huffmanLength(text));
    assert.equal(huffmanEncode(text, bytes, 0), bytes.length);
    const decoded = new Uint8Array(codes.length + 2);
    assert.equal(huffmanDecode(bytes, 0, bytes.length, decoded), codes.length);
    assert.deepEqual([...decoded.subarray(0, codes.length)], codes);
  }));
});
