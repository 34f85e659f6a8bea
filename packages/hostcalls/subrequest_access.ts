/** One request's way to the backends of its service. */

import { fail } from "@skerry/base";
import type { WasiContext } from "@skerry/wasi";
import { SubrequestBudget } from "./subrequest_budget.ts";
import { type BodyLength, SubrequestConnection } from "./subrequest_connection.ts";
import { parseSubrequestHead, type SubrequestHead } from "./subrequest_head.ts";
import type { Subrequest, SubrequestCaching, Subrequests } from "./subrequests_port.ts";

/** What a request is given. */
export interface SubrequestAccessOptions {
  readonly subrequests: Subrequests;
  /** Where the guest's descriptors are; they are closed with it, and what they stand for ends. */
  readonly context: WasiContext;
  /** Who says which `Host` is sent: the backend's settings, unless guests may. */
  readonly host?: "backend" | "guest";
}

/** The state of `skerry_http` in one lease. */
export class SubrequestAccess {
  readonly context: WasiContext;
  readonly #options: SubrequestAccessOptions;
  readonly #budget = new SubrequestBudget();

  constructor(options: SubrequestAccessOptions) {
    this.#options = options;
    this.context = options.context;
  }

  /**
   * Begins a request, and gives its descriptor.
   *
   * @param caching what the guest wants of the cache
   * @throws ErrnoError ENOENT, EINVAL, EMFILE, EDQUOT or EAGAIN
   */
  open(backend: string, headBytes: Uint8Array, caching?: SubrequestCaching): number {
    const { subrequests } = this.#options;
    if (!subrequests.has(backend)) fail("ENOENT");
    const head = parseSubrequestHead(headBytes) ?? fail("EINVAL");
    this.context.checkSpace();
    this.#budget.open();
    const request = {
      ...this.#requestOf(head),
      ...(caching !== undefined && { caching }),
    };
    const connection = new SubrequestConnection(
      (body, signal) => subrequests.send(backend, { ...request, body }, signal),
      lengthOf(head),
      this.#budget,
    );
    return this.context.addConnection(connection);
  }

  #requestOf({ method, target, fields, host, contentLength }: SubrequestHead): Subrequest {
    const allowed = this.#options.host === "guest" && host !== undefined;
    return {
      method,
      target,
      fields: allowed ? [["host", host], ...fields] : fields,
      body: undefined,
      bodyBytes: contentLength,
    };
  }
}

/** Methods whose requests have a body only where its length is announced (RFC 9110 §9.3). */
const withoutBody = ["GET", "HEAD", "OPTIONS", "DELETE"];

function lengthOf({ method, contentLength }: SubrequestHead): BodyLength {
  return contentLength ?? (withoutBody.includes(method) ? 0 : "open");
}
