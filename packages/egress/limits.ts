/** The bounds of a node's way out, by default; a backend's settings may set those that say so. */

const kib = 1024;

export const egressLimits = {
  /** From wanting a connection to having it: resolution, TCP and TLS (`connectMsMax`). */
  connectMsMax: 2_000,
  /** From the last byte of a request to the first of its answer (`firstByteMsMax`). */
  firstByteMsMax: 15_000,
  /** Between two pieces of an answer that somebody waits for (`betweenBytesMsMax`). */
  betweenBytesMsMax: 10_000,
  /** A request and its answer altogether, with all tries. */
  totalMsMax: 300_000,
  /** A tunnel in which nothing moves. */
  tunnelIdleMsMax: 120_000,
  /** How often an idempotent request is tried again (`retriesMax`), and the most that a backend may ask for. */
  retriesMax: 1,
  retriesSettingMax: 5,
  /** The first wait before a try, which doubles; the real one is chosen below it by chance. */
  retryWaitMs: 25,
  retryWaitMsMax: 1_000,
  /** Tries that are saved up: each request earns a share of one, so that a failing backend is not asked twice as often. */
  retriesSaved: 10,
  retriesPerRequest: 0.2,
  /** Connections to one backend and requests under way (`connectionsMax`), and the most that a backend may ask for. */
  connectionsMax: 64,
  connectionsSettingMax: 1_024,
  /** Requests that wait for a place at a backend. */
  queueMax: 256,
  /** Requests of one tenant that are under way to all its backends. */
  tenantRequestsMax: 512,
  /** How long a connection is kept without a request. */
  idleMsMax: 30_000,
  /** The head of an answer: bytes, fields, and interim heads before it. */
  headerBytesMax: 64 * kib,
  headersMax: 256,
  interimMax: 16,
  /** Bytes of an answer that wait for whoever reads it. */
  bufferBytesMax: 64 * kib,
  /** How long what a resolver said is used again. */
  resolutionMsMax: 5_000,
  /** Addresses of one name that are tried. */
  addressesMax: 8,
  /** Failures in a row that open a circuit, where they are spread over so long, and for how long: doubling from one to the other. */
  breakerFailures: 5,
  breakerSpanMs: 1_000,
  breakerOpenMs: 1_000,
  breakerOpenMsMax: 30_000,
  /** Health requests: how often (`health.everyMs`), and how many in a row change a backend's state. */
  healthEveryMs: 10_000,
  healthEveryMsMin: 1_000,
  healthTurns: 2,
  /** How often a request may pass this node (RFC 9110 §7.6.3) before it is taken for a loop. */
  loopsMax: 3,
} as const;

/** The same, as a node may set them. */
export type EgressLimits = { readonly [Name in keyof typeof egressLimits]: number };
