/** One request to a collector, and what its answer means. */

import type { Clock } from "@skerry/base";
import { rejectedSpans } from "./otlp.ts";
import type { ExportSettings } from "./settings.ts";

/** Sends a request, as `fetch` does. */
export type Send = (url: string, request: RequestInit) => Promise<Response>;

/** What became of spans. */
export type Answer =
  | { readonly kind: "taken"; readonly rejected: number }
  /** To be sent again, after a while that it may have said. */
  | { readonly kind: "later"; readonly why: string; readonly waitMs?: number | undefined }
  | { readonly kind: "refused"; readonly why: string };

/** By what a request is made. */
export interface PostSurroundings {
  readonly settings: ExportSettings;
  readonly clock: Clock;
  readonly send: Send;
}

/** What is read of an answer. */
const answerBytesMax = 64 * 1024;

/** Statuses after which the same spans may be sent again (OTLP specification, "Retryable Response Codes"). */
const retryable: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Posts; never rejects. */
export async function postSpans(
  { settings: { url, headers, timeoutMs }, clock, send }: PostSurroundings,
  body: Uint8Array<ArrayBuffer>,
): Promise<Answer> {
  const late = new AbortController();
  const answered = new AbortController();
  void clock.sleep(timeoutMs, answered.signal).then(() => late.abort());
  const own = headers.filter(([name]) => name.toLowerCase() !== "content-type");
  try {
    const response = await send(url, {
      method: "POST",
      headers: Object.fromEntries([...own, ["content-type", "application/json"]]),
      body,
      // The headers' secrets are for this collector and no other.
      redirect: "manual",
      signal: late.signal,
    });
    return await answerOf(response);
  } catch (error) {
    if (late.signal.aborted) return { kind: "later", why: `no answer in ${timeoutMs} ms` };
    const why = error instanceof Error ? error.message : String(error);
    // What stands behind the origin may be a secret.
    return { kind: "later", why: why.replaceAll(url, new URL(url).origin) };
  } finally {
    answered.abort();
  }
}

async function answerOf(response: Response): Promise<Answer> {
  const { status } = response;
  const text = await beginningOf(response);
  if (response.ok) return { kind: "taken", rejected: rejectedSpans(text) };
  const why = `it answers ${status}`;
  if (!retryable.has(status)) return { kind: "refused", why };
  const after = response.headers.get("retry-after") ?? "";
  // The other form is a date, which would have to be held against a clock that may go wrong.
  const waitMs = /^\d{1,6}$/.test(after) ? Number(after) * 1000 : undefined;
  return { kind: "later", why, waitMs };
}

async function beginningOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let [text, bytes] = ["", 0];
  for await (const piece of body ?? []) {
    bytes += piece.length;
    if (bytes > answerBytesMax) break;
    text += decoder.decode(piece, { stream: true });
  }
  return text;
}
