/** `skerry.toml`: what a program is called, how it is built, what it may reach, where it answers. */

import { type ClockPolicy, type Diagnostic, err, ok, printable, type Result } from "@skerry/base";
import { canonicalHost, canonicalOrigin } from "@skerry/http";
import { getStaticTOMLValue, ParseError, parseTOML } from "toml-eslint-parser";
import * as v from "valibot";
import { cacheOf, type ManifestCache } from "./cache_schema.ts";
import { keyProblems } from "./keys.ts";
import { Positions } from "./positions.ts";
import { type manifestLanguages, manifestSchema } from "./schema.ts";

/** A checked manifest. Paths are as written, relative to its folder. */
export interface Manifest {
  readonly name: string;
  /** What the program does, in a sentence. */
  readonly about: string | undefined;
  /** Whether there is a program; a node serves services without one, all of whose routes lead to backends. */
  readonly hasProgram: boolean;
  /** Undefined where the module is prebuilt. */
  readonly language: typeof manifestLanguages[number] | undefined;
  /** Where the module is, built or prebuilt. */
  readonly module: string;
  /** The export that initialises the module, run once: every request begins behind it. Undefined where there is none. */
  readonly snapshot: string | undefined;
  readonly sources: readonly string[];
  readonly flags: readonly string[];
  readonly routes: readonly ManifestRoute[];
  /** Where requests may be passed on to, by their names. */
  readonly backends: ReadonlyMap<string, ManifestBackend>;
  /** What a node asks a new version before it serves. */
  readonly health: { readonly path: string; readonly status: number } | undefined;
  readonly env: ReadonlyMap<string, string>;
  /** Which time its requests are shown; undefined for the machine's. */
  readonly clock: ClockPolicy | undefined;
  /** Whether a node gives responses a content coding that their clients take. */
  readonly compress: boolean | undefined;
  /** What a node keeps of responses; undefined where its defaults hold. */
  readonly cache: ManifestCache | undefined;
  readonly directories: readonly ManifestDirectory[];
  readonly bundles: readonly ManifestBundle[];
  /** Undefined where the default holds. */
  readonly memoryBytesMax: number | undefined;
  readonly wallMsMax: number | undefined;
  /** Time of one request on the processor, in milliseconds. */
  readonly cpuMsMax: number | undefined;
}

/** A path that is answered. */
export interface ManifestRoute {
  /** Without a slash at its end; the empty one is every path. */
  readonly prefix: string;
  /** Undefined for any host. */
  readonly host: string | undefined;
  /** What answers instead of the program. */
  readonly backend: string | undefined;
}

/** A server that requests may be passed on to. What is undefined has a default. */
export interface ManifestBackend {
  readonly origin: string;
  readonly host: string | undefined;
  readonly http2: boolean | undefined;
  /** Whether its responses pass the cache. */
  readonly cache: "cache" | "pass" | undefined;
  readonly connectMsMax: number | undefined;
  readonly firstByteMsMax: number | undefined;
  readonly betweenBytesMsMax: number | undefined;
  readonly retriesMax: number | undefined;
  readonly connectionsMax: number | undefined;
  readonly health:
    | {
      readonly path: string;
      readonly everyMs: number | undefined;
      readonly status: number | undefined;
    }
    | undefined;
}

/** What a manifest is read for: `this machine` has directories to hand out, `a node` has not. */
export type ManifestUse = "this machine" | "a node";

/** A directory of this machine that is handed to the guest. */
export interface ManifestDirectory {
  readonly guest: string;
  readonly host: string;
  /** `cow`: what a request writes is its own, and gone after it. */
  readonly mode: "ro" | "rw" | "cow";
}

/** Files that the guest finds, and that belong to the program. */
export interface ManifestBundle {
  readonly guest: string;
  /** A tar archive, or a folder. */
  readonly path: string;
  readonly mode: "cow" | "ro";
}

/** The largest manifest that is read. */
const textLengthMax = 64 * 1024;

/** Reads a manifest; every mistake is reported with line and column. */
export function parseManifest(
  text: string,
  use: ManifestUse = "this machine",
): Result<Manifest, Diagnostic[]> {
  if (text.length > textLengthMax) {
    return err([{ message: `the manifest is longer than ${textLengthMax} characters` }]);
  }
  const parsed = parseToml(text);
  if (!parsed.ok) return parsed;
  const { value, positions } = parsed.value;
  const checked = v.safeParse(manifestSchema, value);
  const problems = checked.success ? [] : checked.issues.map((issue) => explain(issue, positions));
  if (checked.success) problems.push(...contradictions(checked.output, use, positions));
  if (checked.success && use === "a node") {
    problems.push(...checked.output.directories.map((_, index) => ({
      message: "directories: a node hands out no directories of its machine; use [[bundles]]",
      at: positions.find(["directories", index]),
    })));
  }
  if (!checked.success || problems.length > 0) return err(problems);
  return ok(manifestOf(checked.output));
}

function parseToml(text: string): Result<{ value: unknown; positions: Positions }, Diagnostic[]> {
  try {
    const program = parseTOML(text);
    const problems = keyProblems(program);
    if (problems.length > 0) return err(problems);
    return ok({ value: getStaticTOMLValue(program), positions: new Positions(program) });
  } catch (error) {
    // The library reads values recursively, and so what is nested deeply exhausts the stack.
    if (error instanceof RangeError) {
      return err([{ message: "this is not a manifest: it is nested too deeply" }]);
    }
    if (!(error instanceof ParseError)) throw error;
    const at = { kind: "text", line: error.lineNumber, column: error.column + 1 } as const;
    return err([{ message: `this is not TOML: ${error.message.toLowerCase()}`, at }]);
  }
}

function explain(issue: v.BaseIssue<unknown>, positions: Positions): Diagnostic {
  const path = (issue.path ?? []).map((item) => item.key as string | number);
  const where = printable(path.map(String).join("."));
  if (issue.type === "strict_object" && issue.expected === "never") {
    return { message: `unknown key "${where}"`, at: positions.findKey(path) };
  }
  if (issue.input === undefined) {
    return { message: `the key "${where}" is missing`, at: positions.find(path) };
  }
  return { message: `${where}: ${plain(issue)}`, at: positions.find(path) };
}

/** Our schema's own words, or the library's in the same manner. */
function plain(issue: v.BaseIssue<unknown>): string {
  return issue.message.startsWith("Invalid")
    ? `expected ${issue.expected ?? "something else"}, not ${printable(issue.received)}`
    : issue.message;
}

type Checked = v.InferOutput<typeof manifestSchema>;

/** Mistakes that lie between keys. */
function contradictions(
  manifest: Checked,
  use: ManifestUse,
  positions: Positions,
): Diagnostic[] {
  const problems: Diagnostic[] = [];
  if (manifest.language !== undefined && manifest.build === undefined) {
    problems.push({
      message: "language: expected a [build] table with the sources",
      at: positions.findKey(["language"]),
    });
  }
  if (manifest.language === undefined && manifest.build !== undefined) {
    problems.push({
      message: "build: expected a language to build these sources with",
      at: positions.find(["build"]),
    });
  }
  if (!hasProgram(manifest)) problems.push(...missingProgram(manifest, use, positions));
  const routes = manifest.routes.map(routeOf);
  problems.push(...repeated(routes.map(({ host, prefix }) => `${host}${prefix}`), (index) => ({
    message: "routes: this path stands twice",
    at: positions.find(["routes", index, "path"]),
  })));
  for (const [index, { backend }] of routes.entries()) {
    if (backend === undefined || Object.hasOwn(manifest.backends, backend)) continue;
    problems.push({
      message: `routes.${index}.backend: there is no [backends.${printable(backend)}]`,
      at: positions.find(["routes", index, "backend"]),
    });
  }
  problems.push(...repeated(manifest.directories.map(({ guest }) => guest), (index) => ({
    message: "directories: this guest path stands twice",
    at: positions.find(["directories", index, "guest"]),
  })));
  problems.push(...repeated(manifest.bundles.map(({ guest }) => guest), (index) => ({
    message: "bundles: this guest path stands twice",
    at: positions.find(["bundles", index, "guest"]),
  })));
  for (const [index, { guest }] of manifest.directories.entries()) {
    if (!manifest.bundles.some((bundle) => bundle.guest === guest)) continue;
    problems.push({
      message: "directories: a bundle has this guest path",
      at: positions.find(["directories", index, "guest"]),
    });
  }
  return problems;
}

/** Whether a program is named; one that is built has a language, or lacks it by a mistake that is told of elsewhere. */
function hasProgram({ language, module, build }: Checked): boolean {
  return language !== undefined || module !== undefined || build !== undefined;
}

/** What stands in the way of a service without a program. */
function missingProgram(manifest: Checked, use: ManifestUse, positions: Positions): Diagnostic[] {
  if (manifest.routes.some(({ backend }) => backend === undefined)) {
    return [{
      message: 'expected a "language" and a [build] table, or a prebuilt "module"',
      at: positions.find([]),
    }];
  }
  if (use === "this machine") {
    return [{
      message: "there is no program: a service of backends alone is for `skerry deploy`",
      at: positions.find([]),
    }];
  }
  const ofPrograms = (["snapshot", "health"] as const).filter((key) => manifest[key] !== undefined);
  return [...ofPrograms, ...(manifest.bundles.length > 0 ? ["bundles"] : [])].map((key) => ({
    message: `${key}: there is no program that it could be for`,
    at: positions.findKey([key]),
  }));
}

function repeated(values: readonly string[], report: (index: number) => Diagnostic): Diagnostic[] {
  return values.flatMap((value, index) => values.indexOf(value) < index ? [report(index)] : []);
}

function manifestOf(checked: Checked): Manifest {
  const { name, language, build, routes, env, directories, bundles, limits } = checked;
  return {
    name,
    about: checked.about,
    hasProgram: hasProgram(checked),
    language,
    module: checked.module ?? `build/${name}.wasm`,
    snapshot: checked.snapshot,
    sources: build?.sources ?? [],
    flags: build?.flags ?? [],
    routes: routes.map(routeOf),
    backends: new Map(
      Object.entries(checked.backends).map(([key, value]) => [key, backendOf(value)]),
    ),
    health: checked.health,
    env: new Map(Object.entries(env)),
    clock: checked.clock,
    compress: checked.compress,
    cache: checked.cache && cacheOf(checked.cache),
    directories,
    bundles,
    memoryBytesMax: limits.memory,
    wallMsMax: limits.timeout,
    cpuMsMax: limits.cpu,
  };
}

function routeOf({ path, host, backend }: Checked["routes"][number]): ManifestRoute {
  const canonical = host === undefined ? undefined : canonicalHost(host);
  return { prefix: prefixOf(path), host: canonical?.ok ? canonical.value : host, backend };
}

function backendOf(backend: Checked["backends"][string]): ManifestBackend {
  const { url, host, retries, connections, health } = backend;
  return {
    origin: canonicalOrigin(url) ?? url,
    host,
    http2: backend.http2,
    cache: backend.cache,
    connectMsMax: backend.connect,
    firstByteMsMax: backend["first-byte"],
    betweenBytesMsMax: backend["between-bytes"],
    retriesMax: retries,
    connectionsMax: connections,
    health: health && { path: health.path, everyMs: health.every, status: health.status },
  };
}

/** `/x/...`, `/x/` and `/x` are the prefix `/x`; `/...` and `/` are the empty one. */
function prefixOf(path: string): string {
  return path.replace(/\/?(\.\.\.)?$/, "").replace(/\/$/, "");
}
