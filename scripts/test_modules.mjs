// The modules that `npm test` hands to Deno, in the order in which they are begun.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";

/** Where tests are; as deno.json has it. */
const folders = ["packages", "apps", "tests", "tools"];

/** Where modules are written that import test files. */
const together = "build/tests";

/**
 * What takes longest is begun first: begun last, it would run alone while all other cores wait. What is not here takes
 * less than ten seconds of one core.
 */
const longest = [
  "tests/differential/differential_test.ts",
  "tests/real_modules/real_modules_test.ts",
  "tests/end_to_end/dev_test.ts",
  "packages/platform",
  "packages/wasi",
  "tests/node/verbs_test.ts",
  "tests/end_to_end/isolation_test.ts",
  "tests/node/writing_services_test.ts",
  "tests/end_to_end/projects_test.ts",
  "packages/cache",
  "tests/mutation/mutation_test.ts",
  "tests/runtimes/compilation_test.ts",
  "tests/runtimes/runtimes_test.ts",
  "tests/end_to_end/bundle_test.ts",
  "packages/compiler",
  "packages/languages",
  "tests/node/purge_test.ts",
  "tests/end_to_end/examples_test.ts",
  "tests/hostile/hostile_test.ts",
  "tests/node/disk_cache_test.ts",
  "tests/end_to_end/run_test.ts",
  "tests/node/chaos_test.ts",
  "tests/cache_conformance/over_sockets_test.ts",
  "tests/reset/reset_test.ts",
  "tests/node/lifecycle_test.ts",
  "tests/end_to_end/serve_test.ts",
  "tests/node/guest_cache_test.ts",
  "tests/runtimes/wasi_test.ts",
  "tests/cache_conformance/storm_test.ts",
  "tests/hostcalls/c_test.ts",
  "tests/hostcalls/javascript_test.ts",
  "tests/end_to_end/snapshot_test.ts",
  "tests/node/operating_test.ts",
  "tests/node/versions_test.ts",
  "tests/node/caching_page_test.ts",
  "tests/node/backup_test.ts",
  "tests/conformance/conformance_test.ts",
  "tests/node/restart_test.ts",
  "tests/node/full_disk_test.ts",
  "tests/differential/snapshot_test.ts",
  "tests/end_to_end/output_test.ts",
  "packages/cache/disk",
  "tests/conformance/real_modules_test.ts",
  "tests/end_to_end/compile_test.ts",
];

/**
 * All tests. The many small files beside what they test are one module for each folder: apart, each would load its
 * package anew, which takes longer than its tests do. The modules are all in one folder: Deno keeps the order that it
 * is given among those of a folder alone, and takes folders in an order of its own.
 */
export function testModules() {
  emptyFolder(together);
  const modules = folders.flatMap((folder) => {
    const files = filesOf(folder);
    if (folder === "tests") return files.map((file) => ({ of: file, path: joined(file, [file]) }));
    return [...new Set(files.map(dirname))].map((of) => ({
      of,
      path: joined(of, files.filter((file) => dirname(file) === of)),
    }));
  });
  const gone = longest.filter((name) => !modules.some(({ of }) => of === name));
  if (gone.length > 0) throw new Error(`${gone.join(", ")}: no such tests; correct the list here`);
  const rank = ({ of }) => longest.includes(of) ? longest.indexOf(of) : longest.length;
  return modules.sort((a, b) => rank(a) - rank(b)).map(({ path }) => path);
}

/** A folder that has nothing of another run. Gives its whole path. */
export function emptyFolder(path) {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  return resolve(path);
}

function filesOf(folder) {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => /_test\.[jt]s$/.test(path) && !/(?:^|\/)(?:build|node_modules)\//.test(path))
    .map((path) => `${folder}/${path}`)
    .sort();
}

/** Writes a module that imports what there is of a folder, or a file. */
function joined(of, files) {
  const path = `${together}/${of.replace(/_test\.[jt]s$/, "").replaceAll("/", "_")}_test.ts`;
  const imports = files.map((file) => `import "${relative(together, file)}";\n`);
  // Two of one name would have one of them not run: that is an error here.
  writeFileSync(path, imports.join(""), { flag: "wx" });
  return path;
}
