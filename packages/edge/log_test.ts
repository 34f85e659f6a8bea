import assert from "node:assert/strict";
import { formatFrame } from "./log.ts";

Deno.test("a frame's name is a line of text whatever the module calls its function", () => {
  const frame = { functionIndex: 3, offset: 255 };
  assert.equal(formatFrame({ ...frame, functionName: "main" }), "main+0xff");
  assert.equal(formatFrame({ ...frame, functionName: undefined }), "func[3]+0xff");
  const hostile = '\x1b[2J\n{"type":"request"}\u202e';
  assert.match(formatFrame({ ...frame, functionName: hostile }), /^[ -~]+\+0xff$/);
});
