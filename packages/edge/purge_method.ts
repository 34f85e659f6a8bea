/**
 * `PURGE` of a URL, where its clients ask for it: what caches before this one have for it, and Fastly's clients send. Who may is
 * somebody else's to say; nothing of it is kept.
 */

import { encodeUtf8 } from "@skerry/base";
import type { Owner } from "@skerry/cache";
import {
  type Field,
  fieldValue,
  type HttpResponse,
  type RequestTarget,
  shownToken,
} from "@skerry/http";
import { cacheRequest } from "./cached.ts";
import type { Recorder } from "./recorder.ts";
import { responseFields } from "./reply.ts";

/** What is asked for, and who says that they may. */
export interface PurgeRequest {
  readonly token: string;
  /** From which it is shown. */
  readonly address: string;
  readonly owner: Owner;
  readonly url: string;
  readonly mode: "hard" | "soft";
}

/** What became of it. */
export type PurgeOutcome =
  | { readonly kind: "purged"; readonly id: string }
  | {
    readonly kind: "refused";
    readonly status: number;
    readonly why: string;
    readonly retryAfterMs?: number;
  };

/** Purges, or says why not. Never rejects. */
export type PurgeByRequest = (request: PurgeRequest) => Promise<PurgeOutcome>;

/** Answers a request whose method is `PURGE`. */
export async function purgeByMethod(
  recorder: Recorder,
  target: RequestTarget,
  owner: Owner,
  purge: PurgeByRequest,
): Promise<HttpResponse> {
  const { fields, peer } = recorder.request;
  const token = shownToken(fields, true);
  const outcome = token === undefined ? unauthorised : await purge({
    ...{ token, owner, address: peer.address },
    url: urlOf(recorder, target),
    mode: fieldValue(fields, "fastly-soft-purge")?.trim() === "1" ? "soft" : "hard",
  });
  return outcome.kind === "purged"
    ? answer(recorder, 200, { status: "ok", id: outcome.id }, [])
    : refusal(recorder, outcome);
}

const unauthorised: PurgeOutcome = {
  kind: "refused",
  status: 401,
  why: "expected a token, in Fastly-Key or Authorization: Bearer",
};

function urlOf({ request }: Recorder, target: RequestTarget): string {
  const { scheme, host, path, query } = cacheRequest(request, target);
  return `${scheme}://${host}${path}${query === undefined ? "" : `?${query}`}`;
}

function refusal(
  recorder: Recorder,
  { status, why, retryAfterMs }: Extract<PurgeOutcome, { kind: "refused" }>,
): HttpResponse {
  const fields: Field[] = [];
  if (status === 401) fields.push(["www-authenticate", 'Bearer realm="skerry"']);
  if (retryAfterMs !== undefined) fields.push(["retry-after", `${Math.ceil(retryAfterMs / 1000)}`]);
  return answer(recorder, status, { status: "error", msg: why }, fields, why);
}

function answer(
  recorder: Recorder,
  status: number,
  value: unknown,
  more: readonly Field[],
  why?: string,
): HttpResponse {
  const body = encodeUtf8(`${JSON.stringify(value)}\n`);
  const fields: Field[] = [
    ["content-type", "application/json"],
    ["cache-control", "no-store"],
    ...more,
  ];
  recorder.withoutGuest(why === undefined ? "purged" : "refused", status, body.length, why);
  return { status, fields: responseFields(recorder, fields, body.length), body };
}
