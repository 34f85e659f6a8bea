// What `npm start`, `npm test`, `npm run test:slow`, `npm run check`, `npm run bench`,
// `npm run conformance` and `npm run format` do.

import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { emptyFolder, testModules } from "./test_modules.mjs";
import {
  becomeDeno,
  denoBinary,
  ensureInstalled,
  root,
  runDeno,
  servingFlags,
} from "./toolchain.mjs";

const verbs = { start, test, "test:slow": testSlow, check, bench, conformance, format };
const [verb, ...args] = process.argv.slice(2);
ensureInstalled();
process.chdir(root);
if (!Object.hasOwn(verbs, verb ?? "")) fail(`the verbs are ${Object.keys(verbs).join(", ")}`);
verbs[verb](args);

/** Builds the examples and serves them. */
function start(more) {
  const examples = [
    "markdown-c",
    "counter-c",
    "qr-cpp",
    "ab-router-assemblyscript",
    "json-api-javascript",
    "mandelbrot-javascript",
    "hello-wat",
  ].map((name) => `examples/${name}`);
  becomeDeno([
    ...["run", "--quiet", "--no-prompt", "--cached-only", "--allow-all"],
    ...["apps/cli/main.ts", "serve", ...examples, ...more],
  ], { serves: true, engineFlags: servingFlags });
}

/** Runs the tests; arguments are files or Deno's own options. Ends in `N passed, N failed`. */
function test(more, jobs = availableParallelism() + 1) {
  const files = more.some((word) => existsSync(word)) ? [] : testModules();
  // Types are what `npm run check` looks at.
  const args = ["test", "-A", "--no-check", "--parallel", ...more, ...files];
  const child = spawn(denoBinary(), args, {
    cwd: root,
    // Tests wait for processes and time limits: one file more than there are cores, and none of them is idle.
    env: {
      ...{ DENO_JOBS: String(jobs), ...process.env, NO_COLOR: "1" },
      SKERRY_TEST_BUILDS: emptyFolder("build/test_builds"),
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let tail = "";
  child.stdout.on("data", (chunk) => {
    process.stdout.write(chunk);
    tail = (tail + chunk).slice(-4000);
  });
  child.on("close", (code) => {
    const summary =
      /(\d+) passed(?: \([^)]*\))? \| (\d+) failed(?: \([^)]*\))?(?: \| (\d+) ignored)?/.exec(tail);
    if (summary === null) fail("the test runner gave no summary");
    const [, passed, failed, skipped] = summary;
    console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`);
    process.exit(code ?? 1);
  });
}

/** Runs the tests that take longer than one waits for at each change: those in files named `*.slow.ts`. */
function testSlow(more) {
  const files = readdirSync("tests", { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".slow.ts")).map((path) => `tests/${path}`);
  // One after the other: chaos tells how many requests it got answered.
  test([...files, ...more], 1);
}

/** Types, lint, format and the layer rules: all of them, even where one fails. */
function check() {
  const codes = [
    runDeno(["check", "packages", "apps", "bench", "tests", "tools"]),
    runDeno(["lint"]),
    runDeno(["fmt", "--check"]),
    runDeno(["run", "--allow-read", "--allow-write", "--allow-run", "tools/layers/main.ts"]),
  ];
  process.exit(codes.every((code) => code === 0) ? 0 : 1);
}

/** Runs a benchmark; `--list` names them. */
function bench(more) {
  becomeDeno(["run", "-A", "--quiet", "--no-check", "bench/main.ts", ...more]);
}

/** Runs the specification's test scripts as written and as compiled; an argument is their folder. */
function conformance(more) {
  becomeDeno(["run", "-A", "--quiet", "--no-check", "tests/conformance/main.ts", ...more]);
}

/** Formats the sources. */
function format() {
  process.exit(runDeno(["fmt"]));
}

function fail(message) {
  console.error(`skerry: ${message}`);
  process.exit(1);
}
