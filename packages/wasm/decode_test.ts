import assert from "node:assert/strict";
import { decodeModule } from "./decode.ts";
import { moduleLimits } from "./limits.ts";
import { decoded, moduleOf, moduleWithBody } from "./testing/modules.ts";

/** The diagnostics of bytes that must be refused, as `offset message`. */
function refusals(bytes: Uint8Array): string[] {
  const result = decodeModule(bytes);
  if (result.ok) assert.fail("decoded");
  return result.error.map(({ at, message }) =>
    `${at?.kind === "binary" ? at.offset : "?"} ${message}`
  );
}

function checkRefused(bytes: Uint8Array, expected: RegExp): void {
  assert.match(refusals(bytes).join("\n"), expected);
}

Deno.test("the smallest module has nothing in it", () => {
  const module = decoded(moduleOf());
  assert.deepEqual(module.sections, []);
  assert.equal(module.code.starts.length, 0);
});

Deno.test("magic number and version are checked where they stand", () => {
  checkRefused(new Uint8Array(0), /^0 unexpected end$/);
  checkRefused(Uint8Array.of(0, 0x61, 0x73, 0x6e, 1, 0, 0, 0), /^0 magic header not detected$/);
  checkRefused(Uint8Array.of(0, 0x61, 0x73, 0x6d, 2, 0, 0, 0), /^4 unknown binary version$/);
  checkRefused(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0), /^7 unexpected end$/);
});

Deno.test("sections keep their order, come once, and fill their size", () => {
  checkRefused(moduleOf([5, 0], [4, 0]), /^11 unexpected content: table section after memory/);
  checkRefused(moduleOf([5, 0], [5, 0]), /^11 a second memory section$/);
  checkRefused(moduleOf([12, 0], [10, 0], [9, 0]), /element section after code section/);
  checkRefused(moduleOf([6, 0], [13, 0]), /tag section after global section/);
  checkRefused(moduleOf([14]), /^8 malformed section id 14$/);
  checkRefused(moduleOf([5, 0, 9]), /^11 section size mismatch/);
  checkRefused(Uint8Array.from([...moduleOf(), 5, 9, 0]), /^8 unexpected end: section beyond/);
  checkRefused(moduleOf([5, 2, 0, 0]), /^13 unexpected end$/);
});

Deno.test("functions, bodies, data count and data segments must agree in number", () => {
  const type = [1, 1, 0x60, 0, 0];
  checkRefused(
    moduleOf(type, [3, 1, 0]),
    /function and code section have inconsistent lengths: 1 and 0/,
  );
  checkRefused(moduleOf(type, [3, 1, 0], [11, 0]), /inconsistent lengths: 1 and 0/);
  checkRefused(moduleOf([10, 1, 2, 0, 0x0b]), /inconsistent lengths: 0 and 1/);
  checkRefused(moduleOf([12, 1]), /data count and data section/);
  checkRefused(moduleOf([12, 1], [11, 0]), /data count and data section/);
  assert.equal(decoded(moduleOf([12, 0])).dataCount, 0);
  checkRefused(moduleWithBody(0, 0xfc, 0x09, 0, 0x0b), /^23 data count section required$/);
});

Deno.test("a count says nothing about how much is allocated", () => {
  for (const id of [1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 13]) {
    checkRefused(moduleOf([id, 0xff, 0xff, 0xff, 0xff, 0x0f]), /exceed the limit of/);
    checkRefused(moduleOf([id, 0xff, 0x7f]), /unexpected end: 16383/);
  }
  checkRefused(moduleOf([1, 1, 0x4e, 0xff, 0xff, 0x3f]), /exceed the limit|unexpected end/);
  checkRefused(moduleOf([9, 1, 1, 0, 0xff, 0xff, 3]), /unexpected end: 65535 elements/);
  checkRefused(moduleWithBody(0, 0x41, 0, 0x0e, 0xff, 0xff, 3, 0x0b), /limit|unexpected end/);
});

Deno.test("locals are bounded in sum", () => {
  const half = [0xa8, 0xc3, 0x01, 0x7f]; // 25,000 of i32
  decoded(moduleWithBody(2, ...half, ...half, 0x0b));
  checkRefused(moduleWithBody(3, ...half, ...half, 1, 0x7f, 0x0b), /too many locals/);
  checkRefused(moduleWithBody(1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x7f, 0x0b), /too many locals/);
  checkRefused(moduleWithBody(1, 0x80, 0x80, 0x80, 0x80, 0x10, 0x7f, 0x0b), /too large/);
});

Deno.test("blocks nest, and close exactly at the end of the body", () => {
  decoded(moduleWithBody(0, 0x02, 0x40, 0x03, 0x40, 0x0b, 0x0b, 0x0b));
  checkRefused(moduleWithBody(0, 0x02, 0x40, 0x0b), /END opcode expected/);
  checkRefused(moduleWithBody(0, 0x0b, 0x01), /^24 bytes after the function's END opcode$/);
  checkRefused(moduleWithBody(0, 0x05, 0x0b), /^23 unexpected else$/);
  checkRefused(moduleWithBody(0, 0x04, 0x40, 0x05, 0x05, 0x0b, 0x0b), /unexpected else/);
  checkRefused(moduleWithBody(0, 0x02, 0x40, 0x07, 0, 0x0b, 0x0b), /unexpected catch/);
  checkRefused(moduleWithBody(0, 0x06, 0x40, 0x19, 0x07, 0, 0x0b, 0x0b), /unexpected catch$/);
  checkRefused(moduleWithBody(0, 0x06, 0x40, 0x19, 0x18, 0, 0x0b), /unexpected delegate/);
  decoded(moduleWithBody(0, 0x06, 0x40, 0x07, 0, 0x07, 0, 0x19, 0x0b, 0x0b));
  decoded(moduleWithBody(0, 0x06, 0x40, 0x18, 0, 0x0b));
});

Deno.test("blocks may nest as deeply as a function is long", () => {
  const depth = 100_000;
  const body = new Uint8Array(depth * 3 + 2);
  for (let index = 0; index < depth; index += 1) body.set([0x02, 0x40], 1 + index * 2);
  body.fill(0x0b, 1 + depth * 2);
  const size = [0xe2, 0xa7, 0x12]; // 300,002
  const sectionSize = [0xe6, 0xa7, 0x12];
  const bytes = Uint8Array.from([
    ...moduleOf([1, 1, 0x60, 0, 0], [3, 1, 0]),
    ...[10, ...sectionSize, 1, ...size],
    ...body,
  ]);
  assert.equal(decoded(bytes).code.starts.length, 1);
});

Deno.test("unknown opcodes, flags and reserved bytes are refused at their place", () => {
  checkRefused(moduleWithBody(0, 0x27, 0x0b), /^23 illegal opcode$/);
  checkRefused(moduleWithBody(0, 0xfd, 0xff, 0x7f, 0x0b), /^23 illegal opcode$/);
  checkRefused(moduleWithBody(0, 0xfe, 0x03, 0x01, 0x0b), /zero byte expected/);
  checkRefused(moduleWithBody(0, 0x41, 0, 0x28, 0x80, 1, 0, 0x1a, 0x0b), /malformed memop flags/);
  checkRefused(moduleWithBody(0, 0x02, 0x76, 0x0b, 0x0b), /malformed value type 0x76/);
  checkRefused(moduleOf([5, 1, 8, 0]), /^11 malformed limits flags$/);
  checkRefused(moduleOf([4, 1, 0x70, 2, 0]), /malformed limits flags/);
  checkRefused(moduleOf([6, 1, 0x7f, 2, 0x41, 0, 0x0b]), /malformed mutability/);
  checkRefused(moduleOf([9, 1, 8]), /malformed element segment flags 8/);
  checkRefused(moduleOf([11, 1, 3]), /malformed data segment flags 3/);
  checkRefused(moduleOf([13, 1, 1, 0]), /malformed tag attribute/);
});

Deno.test("mistakes in several sections and bodies are reported together", () => {
  const bytes = moduleOf(
    [1, 1, 0x60, 0, 0],
    [3, 2, 0, 0],
    [5, 1, 8, 0],
    [10, 2, 3, 0, 0x27, 0x0b, 4, 0, 0x05, 0x0b, 0x0b],
    [0, 1, 0xff],
  );
  assert.deepEqual(refusals(bytes), [
    "22 malformed limits flags",
    "29 illegal opcode",
    "33 unexpected else",
    "39 malformed UTF-8 encoding",
  ]);
});

Deno.test("diagnostics are bounded however much is wrong", () => {
  const bodies = Array.from({ length: 20 }, () => [2, 0, 0x27]).flat();
  const functions = [3, 20, ...Array<number>(20).fill(0)];
  const bytes = moduleOf([1, 1, 0x60, 0, 0], functions, [10, 20, ...bodies]);
  assert.equal(refusals(bytes).length, moduleLimits.diagnosticsMax);
});

Deno.test("custom sections keep their places between the others", () => {
  const custom = (letter: number) => [0, 1, letter, 0xee];
  const module = decoded(
    moduleOf(custom(0x61), [1, 0], custom(0x62), custom(0x63), [5, 0], custom(0x64)),
  );
  assert.deepEqual(module.customs.map(({ name, after }) => `${name}${after}`), [
    "a0",
    "b1",
    "c1",
    "d5",
  ]);
  assert.deepEqual(module.sections.map((section) => section.name), [
    "a",
    "type",
    "b",
    "c",
    "memory",
    "d",
  ]);
});

Deno.test("bodies that are known are found where they are, and not walked", () => {
  const good = moduleWithBody(0, 0x41, 0, 0x1a, 0x0b);
  const known = decodeModule(good, "known");
  assert.ok(known.ok);
  assert.deepEqual(known.value, decoded(good));
  const broken = moduleWithBody(0, 0xff);
  assert.equal(decodeModule(broken).ok, false);
  assert.equal(decodeModule(broken, "known").ok, true);
});
