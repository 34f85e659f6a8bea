/** What a manifest may say. The schema is the one place that knows names, shapes and defaults. */

import { clockPolicyForms, parseClockPolicy, parseDuration, parseSize } from "@skerry/base";
import { canonicalHost, canonicalOrigin, originForm } from "@skerry/http";
import * as v from "valibot";
import { cacheSchema } from "./cache_schema.ts";

/** Languages that `skerry build` can build. */
export const manifestLanguages = ["c", "cpp", "assemblyscript", "wat", "javascript"] as const;

const name = v.pipe(
  v.string('expected a text such as "hello"'),
  v.regex(
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    "expected 1 to 63 of a-z, 0-9 and inner hyphens",
  ),
);

/** A path below the manifest's folder, for what is read and built. */
const innerPath = v.pipe(
  v.string("expected a path relative to the manifest"),
  v.check(isInnerPath, "expected a relative path that stays inside the manifest's folder"),
);

const routePath = v.pipe(
  v.string('expected a path such as "/" or "/shop/..."'),
  v.regex(
    /^\/(?:\.\.\.|(?:[A-Za-z0-9\-_~!$&'()*+,;=:@]|\.(?!\.)|\/(?!\/))*(?:\/\.\.\.)?)$/,
    'expected a path that begins with "/", such as "/shop" or "/shop/..."',
  ),
);

/** The message is what is wrong with this very host. */
const host = v.pipe(
  v.string('expected a host such as "shop.example" or "*.example.com"'),
  v.rawCheck(({ dataset, addIssue }) => {
    const found = dataset.typed ? canonicalHost(dataset.value) : undefined;
    if (found?.ok === false) addIssue({ message: found.error });
  }),
);

const route = v.strictObject({
  path: routePath,
  host: v.optional(host),
  backend: v.optional(v.string("expected the name of a backend")),
});

const environment = v.pipe(
  v.record(
    v.pipe(
      v.string(),
      v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "expected a name of letters, digits and _"),
    ),
    v.pipe(v.string("expected a text"), v.check((text) => !text.includes("\0"), "expected no NUL")),
  ),
  v.check((env) => Object.keys(env).length <= 256, "expected at most 256 variables"),
);

const directory = v.strictObject({
  guest: v.pipe(
    v.string('expected an absolute path such as "/data"'),
    v.regex(/^\/[^\0]*$/, 'expected an absolute path such as "/data"'),
  ),
  host: v.pipe(
    v.string("expected a path on this machine"),
    v.check((path) => path !== "" && !path.includes("\0"), "expected a path on this machine"),
  ),
  mode: v.optional(v.picklist(["ro", "rw", "cow"], 'expected "ro", "rw" or "cow"'), "ro"),
});

const bundle = v.strictObject({
  guest: v.pipe(
    v.string('expected an absolute path such as "/usr"'),
    v.regex(/^\/[^\0]*$/, 'expected an absolute path such as "/usr"'),
  ),
  path: innerPath,
  mode: v.optional(v.picklist(["cow", "ro"], 'expected "cow" or "ro"'), "cow"),
});

const size = v.pipe(
  v.string('expected a size such as "64MiB"'),
  v.check(
    (text) => (parseSize(text) ?? 0) >= 65_536,
    'expected a size of at least 64KiB, such as "64MiB"',
  ),
  v.transform((text) => parseSize(text) ?? 0),
);

const duration = v.pipe(
  v.string('expected a duration such as "5s"'),
  v.check(
    (text) => parseDuration(text) !== undefined,
    'expected a duration such as "5s" or "250ms", of at most 24 days',
  ),
  v.transform((text) => parseDuration(text) ?? 0),
);

const askedPath = v.pipe(
  v.string('expected a path such as "/healthz"'),
  v.regex(/^\/[!-"$-~]{0,999}$/, 'expected a path such as "/healthz"'),
);

const status = v.pipe(
  v.number("expected a status such as 200"),
  v.integer("expected a status such as 200"),
  v.minValue(200, "expected a status from 200 to 599"),
  v.maxValue(599, "expected a status from 200 to 599"),
);

function count(most: number) {
  return v.pipe(
    v.number("expected a number"),
    v.integer("expected a whole number"),
    v.minValue(0, "expected a number that is not below 0"),
    v.maxValue(most, `expected at most ${most}`),
  );
}

const backend = v.strictObject({
  url: v.pipe(
    v.string(originForm),
    v.check((text) => canonicalOrigin(text) !== undefined, originForm),
  ),
  host: v.optional(v.pipe(
    v.string("expected a host"),
    v.regex(/^[A-Za-z0-9.\-_~[\]:]{1,260}$/, 'expected what "Host" is to say'),
  )),
  http2: v.optional(v.boolean("expected true or false")),
  cache: v.optional(v.picklist(["cache", "pass"], 'expected "cache" or "pass"')),
  connect: v.optional(duration),
  "first-byte": v.optional(duration),
  "between-bytes": v.optional(duration),
  retries: v.optional(count(5)),
  connections: v.optional(v.pipe(count(10_000), v.minValue(1, "expected at least 1"))),
  health: v.optional(v.strictObject({
    path: askedPath,
    every: v.optional(duration),
    status: v.optional(status),
  })),
});

const clock = v.pipe(
  v.string(`expected ${clockPolicyForms}`),
  v.check((text) => parseClockPolicy(text) !== undefined, `expected ${clockPolicyForms}`),
  v.transform(parseClockPolicy),
);

/** The whole manifest, as its TOML is read. */
export const manifestSchema = v.strictObject({
  name,
  about: v.optional(
    v.pipe(v.string("expected a sentence"), v.maxLength(200, "expected at most 200 characters")),
  ),
  language: v.optional(
    v.picklist(manifestLanguages, `expected one of ${manifestLanguages.join(", ")}`),
  ),
  module: v.optional(innerPath),
  snapshot: v.optional(
    v.pipe(
      v.string('expected the name of an export such as "_initialize"'),
      v.nonEmpty('expected the name of an export such as "_initialize"'),
      v.maxLength(200, "expected at most 200 characters"),
    ),
  ),
  build: v.optional(v.strictObject({
    sources: v.pipe(
      v.array(innerPath, 'expected a list of paths such as ["main.c"]'),
      v.minLength(1, "expected at least one source"),
      v.maxLength(1000, "expected at most 1000 sources"),
    ),
    flags: v.optional(v.array(v.string("expected a text"), 'expected a list such as ["-O2"]'), []),
  })),
  routes: v.optional(
    v.pipe(
      v.array(route, "expected [[routes]] tables"),
      v.minLength(1, "expected at least one route"),
      v.maxLength(100, "expected at most 100 routes"),
    ),
    [{ path: "/..." }],
  ),
  backends: v.optional(
    v.pipe(
      v.record(name, backend, "expected [backends.NAME] tables"),
      v.check((found) => Object.keys(found).length <= 32, "expected at most 32 backends"),
    ),
    {},
  ),
  health: v.optional(v.strictObject({ path: askedPath, status: v.optional(status, 200) })),
  env: v.optional(environment, {}),
  clock: v.optional(clock),
  compress: v.optional(v.boolean("expected true or false")),
  cache: v.optional(cacheSchema),
  directories: v.optional(v.array(directory, "expected [[directories]] tables"), []),
  bundles: v.optional(
    v.pipe(
      v.array(bundle, "expected [[bundles]] tables"),
      v.maxLength(16, "expected at most 16 bundles"),
    ),
    [],
  ),
  limits: v.optional(
    v.strictObject({
      memory: v.optional(size),
      timeout: v.optional(duration),
      cpu: v.optional(duration),
    }),
    {},
  ),
});

/** Whether a path is relative and cannot climb. */
function isInnerPath(path: string): boolean {
  if (path === "" || path.startsWith("/") || /[\\\0]/.test(path)) return false;
  return !path.split("/").includes("..");
}
