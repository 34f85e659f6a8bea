/** How a request goes forward that what is kept did not answer (RFC 9111 §4.3.1). */

import { conditionalFields, type Field, fieldValue, type RequestDirectives } from "@skerry/http";
import type { CacheRequest } from "./request.ts";
import type { CacheSettings } from "./settings.ts";
import { hasValidator, type StoredResponse } from "./stored_response.ts";
import { validationFields } from "./validators.ts";

/** What is sent to the origin, and what its answer is good for. */
export interface Forwarding {
  /** The method: a HEAD becomes a GET where all that is kept could be had by one. */
  readonly method: string;
  readonly fields: readonly Field[];
  /** Whether others who ask for the same may wait for its answer. */
  readonly isShared: boolean;
  /** Whether a 304 speaks of what is kept; else it is the client's own. */
  readonly isValidation: boolean;
}

/**
 * The request that goes forward.
 *
 * @param stored what it is to validate, if anything
 */
export function forwardingOf(
  request: CacheRequest,
  stored: StoredResponse | undefined,
  wishes: RequestDirectives,
  settings: CacheSettings,
): Forwarding {
  const { method, fields } = request;
  // §5.2.1.5: what may not be kept helps nobody else.
  const isShared = method === "GET" && !wishes.noStore;
  if (stored !== undefined && hasValidator(stored)) {
    const own = validationFields(stored.fields);
    const isPart = stored.extent.kind === "part";
    const kept = fields.filter(([name]) => isKept(name, isPart));
    return { method, fields: [...kept, ...own], isShared: isShared && !isPart, isValidation: true };
  }
  const isConditional = fieldValue(fields, "if-none-match") !== undefined ||
    fieldValue(fields, "if-modified-since") !== undefined;
  const isPartial = method === "GET" && fieldValue(fields, "range") !== undefined;
  if (!isConditional && !isPartial) return { method, fields, isShared, isValidation: false };
  if (settings.partialMisses === "fetched whole" && !wishes.noStore) {
    const whole = fields.filter(([name]) => isKept(name, false));
    return { method, fields: whole, isShared, isValidation: false };
  }
  // §4.3.2: conditions on what is not kept here are for the next server.
  return { method, fields, isShared: false, isValidation: false };
}

/** The client's own conditions are judged when the answer is there; its range too, unless a part is all that is kept. */
function isKept(name: string, isPart: boolean): boolean {
  const lower = name.toLowerCase();
  if (lower === "range") return isPart;
  return !conditionalFields.has(lower);
}
