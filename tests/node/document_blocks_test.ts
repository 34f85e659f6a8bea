import assert from "node:assert/strict";
import { commandBlocks, isPrinted } from "./document_blocks.ts";

const page = `# A page

<!-- runs beside what follows -->
\`\`\`sh
serve &
\`\`\`

\`\`\`sh
ask
again
\`\`\`
\`\`\`text
… answers
\`\`\`

<!-- not run: needs a machine elsewhere -->
\`\`\`sh
ssh elsewhere
\`\`\`
`;

Deno.test("blocks of commands are read with their lines, their marks and what they print", () => {
  assert.deepEqual(commandBlocks(page), [
    { line: 3, script: "serve &", prints: undefined, how: { kind: "beside" } },
    { line: 8, script: "ask\nagain", prints: "… answers\n", how: { kind: "run" } },
    {
      ...{ line: 16, script: "ssh elsewhere", prints: undefined },
      how: { kind: "not run", why: "needs a machine elsewhere" },
    },
  ]);
  assert.throws(() => commandBlocks("<!-- not run -->\n```sh\nls\n```\n"), /not understood/);
});

Deno.test("an ellipsis stands for anything on its line, and for nothing beyond it", () => {
  assert.ok(isPrinted("took … ms (…)\n", "took 12 ms (a.b)\n"));
  assert.ok(!isPrinted("took … ms\n", "took 1\n2 ms\n"));
  assert.ok(!isPrinted("took … ms\n", "took 1 ms\nmore\n"));
});
