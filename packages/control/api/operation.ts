/**
 * What the admin API offers, as values: what is asked, by whom, with what, and what comes back. Requests are answered
 * and the document is written by the same table, so that neither tells anything else than the other.
 */

import type { ByteSource } from "@skerry/base";
import type { HttpRequest, HttpResponse } from "@skerry/http";
import type * as v from "valibot";
import type { Scope } from "../scopes.ts";
import type { Caller } from "../tokens.ts";

/** A schema of the library, whatever it is of. */
export type Schema = v.GenericSchema<unknown, unknown>;

/** Who may call: `everybody` without a token; `any token`; or who has a scope, of the tenant in the path if there is one. */
export type Access = "everybody" | "any token" | Scope;

/** A parameter of a query. */
export interface QueryParameter {
  readonly about: string;
  readonly kind: "text" | "count";
}

/** What a body may be: JSON of a schema, or bytes. */
export type Body =
  | { readonly kind: "json"; readonly schema: Schema; readonly isOptional?: true }
  | { readonly kind: "bytes"; readonly media: readonly string[] };

/** A field that some operations heed; `Fastly-Key` may have the token in place of `Authorization`. */
export type HeededField =
  | "If-Match"
  | "If-None-Match"
  | "Idempotency-Key"
  | "Fastly-Key"
  | "Fastly-Soft-Purge"
  | "Surrogate-Key";

/** What comes back with a status: JSON of a schema, something of a media type, or nothing. */
export interface AnswerKind {
  readonly about: string;
  readonly schema?: Schema;
  readonly media?: string;
}

/** What an operation reads of its call. */
export interface Call {
  readonly caller: Caller;
  readonly request: HttpRequest;
  /** A part of the path, decoded. */
  readonly part: (name: string) => string;
  /** A parameter of the query. */
  readonly text: (name: string) => string | undefined;
  readonly count: (name: string) => number | undefined;
  /** The revision that `If-Match` insists on. */
  readonly revision: number | undefined;
  readonly idempotencyKey: string | undefined;
  readonly json: <S extends Schema>(schema: S) => Promise<v.InferOutput<S>>;
  readonly bytes: () => ByteSource;
}

/** What comes back: JSON with a status, or a response as it is. */
export type Answer =
  | {
    readonly kind: "json";
    readonly status: number;
    readonly value: unknown;
    /** What `If-Match` may insist on later. */
    readonly revision?: number;
  }
  | { readonly kind: "response"; readonly response: HttpResponse };

/** Something that the API does. */
export interface Operation {
  readonly id: string;
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  /** With names in braces: `/v1/tenants/{tenant}`. */
  readonly path: string;
  readonly about: string;
  readonly access: Access;
  readonly query?: Readonly<Record<string, QueryParameter>>;
  /** Fields of the request that it heeds. */
  readonly fields?: readonly HeededField[];
  readonly body?: Body;
  readonly answers: Readonly<Record<number, AnswerKind>>;
  readonly act: (call: Call) => Answer | Promise<Answer>;
}

/** The body and the act of an operation that takes JSON: what is acted on has been checked by what is documented. */
export function taking<S extends Schema>(
  schema: S,
  act: (call: Call, body: v.InferOutput<S>) => Answer | Promise<Answer>,
): Pick<Operation, "body" | "act"> {
  return {
    body: { kind: "json", schema },
    act: async (call) => act(call, await call.json(schema)),
  };
}

/** A JSON answer. */
export function answer(value: unknown, status = 200, revision?: number): Answer {
  return { kind: "json", status, value, ...(revision !== undefined && { revision }) };
}

/** The parameters of a list in pieces. */
export const pageQuery = {
  after: { about: "Only what comes after this one; `next` of the piece before.", kind: "text" },
  limit: { about: "How many at most.", kind: "count" },
} as const satisfies Operation["query"];
