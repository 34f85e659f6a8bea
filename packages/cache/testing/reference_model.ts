/**
 * What a cache may answer, told from the outside: a list of all that the origin has ever said, and of all purges, and for
 * each answer of the cache whether anything in that list permits it. It shares no code with the cache, knows nothing of
 * fields' texts, and keeps nothing in any order but that of time.
 */

/** What a response says of caching, before it is written as fields. Seconds. */
export interface Policy {
  readonly maxAge: number | undefined;
  readonly shared: number | undefined;
  readonly staleWhileRevalidate: number;
  readonly staleIfError: number;
  readonly flags: readonly ("no-store" | "private" | "no-cache" | "must-revalidate" | "public")[];
  readonly variesByFoo: boolean;
  /** How old it is already when it is said, and by which field it says so. */
  readonly aged: number;
  readonly agedBy: "age" | "date";
}

/** What a client asks. Seconds. */
export interface Wish {
  readonly path: string;
  readonly foo: string | undefined;
  readonly isAuthorized: boolean;
  readonly noCache: boolean;
  readonly noStore: boolean;
  readonly maxAge: number | undefined;
  readonly minFresh: number | undefined;
  readonly maxStale: number | undefined;
}

/** An answer of the origin that had a body, and when. */
export interface Said {
  readonly serial: number;
  readonly wish: Wish;
  readonly status: number;
  readonly version: number;
  readonly policy: Policy;
  /** The step at which the request that it answers went forward. */
  readonly askedAt: number;
  readonly saidSecond: number;
}

/** A 304. */
export interface Confirmed {
  readonly serial: number;
  readonly version: number;
  readonly policy: Policy;
  readonly askedAt: number;
  readonly saidSecond: number;
}

/** A purge or an invalidation. */
export interface Purged {
  readonly at: number;
  readonly second: number;
  /** Undefined for all there is. */
  readonly path: string | undefined;
  readonly mode: "hard" | "soft";
}

/** How the cache came to its answer, as far as anybody outside can see. */
export type Way = "alone" | "after-error" | "after-no-answer";

/** See the head of this file. */
export class ReferenceModel {
  readonly #said = new Map<number, Said>();
  readonly #confirmed: Confirmed[] = [];
  readonly #purged: Purged[] = [];
  /** Set by the service, in seconds: how long something stale will do where the origin cannot be reached. */
  readonly #disconnected: number;

  constructor(disconnected: number) {
    this.#disconnected = disconnected;
  }

  origin(said: Said): void {
    this.#said.set(said.serial, said);
  }

  confirmed(confirmed: Confirmed): void {
    this.#confirmed.push(confirmed);
  }

  purge(purged: Purged): void {
    this.#purged.push(purged);
  }

  /** Why an answer is forbidden; undefined where something permits it. */
  judge(serial: number, wish: Wish, second: number, way: Way): string | undefined {
    const said = this.#said.get(serial);
    if (said === undefined) return "nobody ever said that";
    const forbidden = this.#neverUsed(said, wish);
    if (forbidden !== undefined) return forbidden;
    const confirmations = this.#confirmed.filter((one) =>
      one.serial === serial && one.version === said.version
    );
    const reasons = [said, ...confirmations].map((one) =>
      this.#stands(one, said, wish, second, way)
    );
    return reasons.some((reason) => reason === undefined) ? undefined : reasons.join("; ");
  }

  /** What no confirmation mends. */
  #neverUsed({ wish: first, policy, askedAt }: Said, wish: Wish): string | undefined {
    if (first.path !== wish.path) return "that was said of something else";
    if (policy.flags.includes("no-store")) return "no-store";
    if (policy.flags.includes("private")) return "private";
    if (first.noStore) return "its client had asked for no-store";
    const isForOthers = policy.flags.includes("public") ||
      policy.flags.includes("must-revalidate") ||
      policy.shared !== undefined;
    if (first.isAuthorized && !isForOthers) return "it was for one who was authorised";
    if (policy.variesByFoo && first.foo !== wish.foo) return "it varies";
    const isPurged = this.#purged.some(({ at, path, mode }) =>
      mode === "hard" && at > askedAt && (path === undefined || path === wish.path)
    );
    return isPurged ? "it was purged" : undefined;
  }

  /** Whether the answer may be given by what was said, or confirmed, then. */
  #stands(
    { policy, saidSecond, askedAt }: Said | Confirmed,
    said: Said,
    wish: Wish,
    second: number,
    way: Way,
  ): string | undefined {
    const age = second - saidSecond + policy.aged;
    const softly = this.#purged.filter(({ at, path, mode }) =>
      mode === "soft" && at > askedAt && (path === undefined || path === said.wish.path)
    );
    const lifetime = policy.shared ?? policy.maxAge ?? 0;
    const sinceSoft = Math.max(
      -Infinity,
      ...softly.slice(-1).map((purge) => second - purge.second),
    );
    const staleFor = Math.max(age - lifetime, sinceSoft);
    if (policy.flags.includes("no-store") || policy.flags.includes("private")) {
      return "no longer kept";
    }
    if (policy.flags.includes("no-cache")) return "no-cache";
    const isStrict = policy.flags.includes("must-revalidate");
    if (way !== "alone") {
      if (staleFor < 0) return undefined;
      if (isStrict) return "must-revalidate";
      if (staleFor <= policy.staleIfError) return undefined;
      const mayDo = way === "after-no-answer" && policy.shared === undefined;
      return mayDo && staleFor <= this.#disconnected ? undefined : `stale for ${staleFor}`;
    }
    if (wish.noCache) return "the client said no-cache";
    if (wish.maxAge !== undefined && age > wish.maxAge) return "the client wants it younger";
    if (staleFor < 0) {
      const isSoon = wish.minFresh !== undefined && -staleFor < wish.minFresh;
      return isSoon ? "the client wants it fresher" : undefined;
    }
    if (isStrict) return "must-revalidate";
    const isAccepted = wish.maxStale !== undefined && staleFor <= wish.maxStale &&
      policy.shared === undefined && !(wish.minFresh !== undefined && -staleFor < wish.minFresh);
    const isWithin = staleFor <= policy.staleWhileRevalidate && policy.staleWhileRevalidate > 0;
    return isAccepted || isWithin ? undefined : `stale for ${staleFor}`;
  }
}
