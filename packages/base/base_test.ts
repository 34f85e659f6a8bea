import assert from "node:assert/strict";
import {
  capturedSink,
  concatBytes,
  copyBytes,
  encodeUtf8,
  errorTable,
  formatDiagnostic,
  formatDuration,
  formatSize,
  newBytes,
  parseDuration,
  parseSize,
  parseSpan,
  printable,
  printableJson,
  RequestIds,
  SkerryError,
  sourceOf,
} from "./mod.ts";

Deno.test("sizes are read with decimal and binary units and refused without sense", () => {
  const cases: [string, number | undefined][] = [
    ["4096", 4096],
    ["64MiB", 64 * 2 ** 20],
    ["1.5 GiB", 1.5 * 2 ** 30],
    ["10kB", 10_000],
    ["-1", undefined],
    ["64MB!", undefined],
    ["lots", undefined],
    ["", undefined],
    ["9999999999999GiB", undefined],
  ];
  for (const [text, bytes] of cases) assert.equal(parseSize(text), bytes, text);
});

Deno.test("sizes are written for people", () => {
  assert.equal(formatSize(0), "0 B");
  assert.equal(formatSize(1536), "1.5 KiB");
  assert.equal(formatSize(64 * 2 ** 20), "64 MiB");
});

Deno.test("durations need a unit and are above zero", () => {
  const cases: [string, number | undefined][] = [
    ["5s", 5000],
    ["250ms", 250],
    ["1.5m", 90_000],
    ["2h", 7_200_000],
    ["5", undefined],
    ["0s", undefined],
    ["5 days", undefined],
    [" 5 s ", 5000],
    ["576h", 24 * 86_400_000],
    ["577h", undefined],
  ];
  for (const [text, ms] of cases) assert.equal(parseDuration(text), ms, text);
  assert.equal(formatDuration(1500), "1.5 s");
});

Deno.test("a span may be nothing at all, or days, and is at most ten years", () => {
  const cases: readonly [string, number | undefined][] = [
    ["0s", 0],
    ["10m", 600_000],
    ["30d", 30 * 86_400_000],
    ["3650d", 3650 * 86_400_000],
    ["3651d", undefined],
    ["10", undefined],
    ["1y", undefined],
    ["-1s", undefined],
  ];
  for (const [text, ms] of cases) assert.equal(parseSpan(text), ms, text);
});

Deno.test("an operating error carries its code's remedy unless it brings its own", () => {
  const general = new SkerryError("SKERRY_LISTEN_FAILED", "port 80 is in use");
  assert.equal(general.remedy, errorTable.SKERRY_LISTEN_FAILED);
  const exact = new SkerryError("SKERRY_LISTEN_FAILED", "port 80 is in use", { remedy: "be root" });
  assert.equal(exact.remedy, "be root");
});

Deno.test("a diagnostic names file, line and column, or file and offset", () => {
  const at = { kind: "text", line: 3, column: 8 } as const;
  assert.equal(formatDiagnostic("skerry.toml", { message: "no", at }), "skerry.toml:3:8: no");
  const offset = { kind: "binary", offset: 255 } as const;
  assert.equal(
    formatDiagnostic("a.wasm", { message: "no", at: offset }),
    "a.wasm: at offset 0xff: no",
  );
  assert.equal(formatDiagnostic("a.wasm", { message: "no" }), "a.wasm: no");
});

Deno.test("a source gives its bytes once, in pieces no larger than asked, then nothing", async () => {
  const source = sourceOf("hello");
  const parts = [await source.read(2), await source.read(2), await source.read(2)];
  assert.equal(new TextDecoder().decode(concatBytes(parts)), "hello");
  assert.equal((await source.read(2)).length, 0);
});

Deno.test("new bytes are zeros and nobody else's, of every size", () => {
  const sizes = [0, 1, 10, 1000, 1024, 1025, 20_000];
  const arrays = Array.from({ length: 200 }, (_, index) => newBytes(sizes[index % 7] ?? 0));
  arrays.forEach((bytes, index) => {
    assert.ok(bytes.every((byte) => byte === 0));
    bytes.fill(index);
  });
  arrays.forEach((bytes, index) => {
    assert.equal(bytes.length, sizes[index % 7]);
    assert.ok(bytes.every((byte) => byte === index));
  });
});

Deno.test("a copy is equal and apart", () => {
  const bytes = new Uint8Array([1, 2, 3]);
  const copy = copyBytes(bytes);
  assert.deepEqual(copy, bytes);
  bytes[0] = 9;
  assert.equal(copy[0], 1);
});

Deno.test("a captured sink keeps what comes first, up to its bound, and counts what it drops", () => {
  const sink = capturedSink(10);
  for (const text of ["hello ", "", "w", "orld!", "more"]) sink.write(encodeUtf8(text));
  assert.equal(sink.text, "hello worl");
  assert.deepEqual(sink.bytes, encodeUtf8("hello worl"));
  assert.equal(sink.bytesDropped, 6);
  assert.deepEqual([capturedSink(0).text, capturedSink(0).bytesDropped], ["", 0]);
});

Deno.test("no timer is asked for more than it can count", () => {
  const timerMsMax = 2 ** 31 - 1;
  for (const text of ["597h", "36000m", "2147483648ms"]) {
    const ms = parseDuration(text);
    assert.ok(ms === undefined || ms <= timerMsMax, text);
  }
});

Deno.test("printable text holds nothing that a terminal obeys, and no second line", () => {
  assert.equal(printable("plain é 漢 🦀"), "plain é 漢 🦀");
  assert.equal(printable("a\x1b[2Jb\r\nc\t"), "a\\u{1b}[2Jb\\u{d}\\u{a}c\\u{9}");
  const hostile = "\x7f\x9b\u202e\u2066\u2028\u2029\ufeff\u{e0001}";
  assert.match(printable(hostile), /^[ -~]+$/);
});

Deno.test("printable text is cut, never inside a character", () => {
  assert.equal(printable("abcdef", 3), "abc…");
  assert.equal(printable("abc", 3), "abc");
  assert.equal(printable("ab🦀cd", 3), "ab…");
  assert.ok(printable("x".repeat(100_000)).length < 300);
});

Deno.test("printable JSON is the same document, without anything that a terminal obeys", () => {
  const data = { "\x9bname": "\u202e\x7f\u{e0001}\u2028 é", list: [1] };
  const json = printableJson(JSON.stringify(data, null, 2));
  assert.deepEqual(JSON.parse(json), data);
  assert.match(json, /^[ -~é\n]+$/);
});

Deno.test("a request id is 32 hexadecimal digits of the random source", () => {
  let fills = 0;
  const ids = new RequestIds({ fill: (bytes) => void bytes.fill(10 + fills++) });
  assert.equal(ids.next(), "0a".repeat(16));
  const more = Array.from({ length: 64 }, () => ids.next());
  assert.equal(more.at(-1), "0b".repeat(16));
});
