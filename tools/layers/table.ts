/** Which room may import which, and which library. ARCHITECTURE.md shows this same table (a test compares). */

/** What one room may import. */
export interface Allowed {
  readonly rooms: readonly string[];
  /** Packages from npm. */
  readonly libraries: readonly string[];
}

/** The allow-table. An arrow that is not in it fails `npm run check`. */
export const allowTable: Readonly<Record<string, Allowed>> = {
  base: { rooms: [], libraries: [] },
  wasm: { rooms: ["base"], libraries: [] },
  compiler: { rooms: ["base", "wasm"], libraries: [] },
  verifier: { rooms: ["base", "wasm"], libraries: [] },
  sandbox: { rooms: ["base", "wasm", "compiler", "verifier"], libraries: [] },
  wasi: { rooms: ["base", "sandbox"], libraries: [] },
  http: { rooms: ["base"], libraries: ["structured-headers"] },
  cache: { rooms: ["base", "http"], libraries: [] },
  bus: { rooms: ["base"], libraries: [] },
  edge: { rooms: ["base", "http", "cache", "sandbox", "wasi"], libraries: [] },
  manifest: { rooms: ["base", "http"], libraries: ["toml-eslint-parser", "valibot"] },
  languages: {
    rooms: ["base"],
    libraries: [
      "@bytecodealliance/jco-transpile",
      "@yowasp/clang",
      "assemblyscript",
      "quickjs-wasi",
    ],
  },
  control: { rooms: ["base", "http", "manifest"], libraries: ["valibot"] },
  egress: { rooms: ["base", "http"], libraries: [] },
  hostcalls: { rooms: ["base", "http", "cache", "egress", "sandbox", "wasi"], libraries: [] },
  telemetry: { rooms: ["base", "http", "edge"], libraries: ["valibot"] },
  platform: {
    rooms: ["base", "http", "wasi", "cache", "control", "egress"],
    libraries: ["undici"],
  },
  node: {
    rooms: [
      "base",
      "sandbox",
      "wasi",
      "http",
      "cache",
      "bus",
      "edge",
      "control",
      "egress",
      "hostcalls",
      "telemetry",
      "platform",
    ],
    libraries: [],
  },
  cli: {
    rooms: [
      "node",
      "base",
      "wasm",
      "compiler",
      "verifier",
      "sandbox",
      "wasi",
      "http",
      "cache",
      "edge",
      "manifest",
      "languages",
      "control",
      "egress",
      "hostcalls",
      "telemetry",
      "platform",
    ],
    libraries: ["commander"],
  },
};
