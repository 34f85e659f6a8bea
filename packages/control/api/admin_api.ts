/**
 * The admin API: from a request to the operation that it asks for, and from what that gives to a response. Nothing of a
 * body is read before it is known who asks and that they may. Of what another tenant has nobody learns whether it is.
 */

import { encodeUtf8 } from "@skerry/base";
import {
  decodePath,
  type HttpRequest,
  type HttpResponse,
  parseRequestTarget,
  shownToken,
} from "@skerry/http";
import type { Control } from "../control.ts";
import type { Purging } from "../purging.ts";
import { mistaken, notFound, Refusal } from "../refusal.ts";
import type { Caller } from "../tokens.ts";
import { type CacheExplainer, cacheOperations } from "./cache_operations.ts";
import { callOf } from "./call.ts";
import { entryOperations, tokenOperations } from "./entry_operations.ts";
import { keyOperations } from "./key_operations.ts";
import { nodeOperations } from "./node_operations.ts";
import type { JsonSchema } from "./json_schema.ts";
import { apiDocument } from "./openapi.ts";
import type { Answer, Operation } from "./operation.ts";
import type { KeyBudget, KeyValues, NodeStatus, Tail } from "./ports.ts";
import { jsonFields, problemResponse } from "./problem.ts";
import { purgeOperations, serviceById } from "./purge_operations.ts";
import { serviceOperations } from "./service_operations.ts";
import { tenantOperations } from "./tenant_operations.ts";

/** What the API is made of. */
export interface AdminParts {
  readonly control: Control;
  readonly keyValues: KeyValues;
  readonly purging: Purging;
  /** Of tenants whose settings say nothing. */
  readonly keyBudget: KeyBudget;
  readonly tail: Tail;
  readonly node: NodeStatus;
  readonly cache: CacheExplainer;
  /** Of Skerry, for the document. */
  readonly version: string;
  /** Told of what is answered 500. */
  readonly onFault?: (error: unknown) => void;
}

/** A caller without a token. */
const nobody: Caller = {
  ...{ id: "nobody", isOperator: false, tenant: undefined, scopes: [] },
  expiresMs: undefined,
};

/** The admin API as a function of requests. */
export class AdminApi {
  readonly operations: readonly Operation[];
  readonly #control: Control;
  readonly #onFault: (error: unknown) => void;

  constructor(parts: AdminParts) {
    const { control, keyValues, keyBudget, purging, node, tail, version } = parts;
    let document: JsonSchema | undefined;
    const documentOnce = () => document ??= apiDocument(this.operations, version);
    this.#control = control;
    this.#onFault = parts.onFault ?? (() => {});
    this.operations = [
      ...nodeOperations(control, node, tail, documentOnce),
      ...tenantOperations(control, keyValues),
      ...serviceOperations(control),
      ...entryOperations(control),
      ...tokenOperations(control),
      ...keyOperations(control, keyValues, keyBudget),
      ...purgeOperations(purging),
      ...cacheOperations(control, parts.cache),
    ];
  }

  /** Answers a request. Never throws. */
  async handle(request: HttpRequest): Promise<HttpResponse> {
    try {
      return responseOf(await this.#answer(request));
    } catch (error) {
      const response = problemResponse(error);
      if (response.status === 500) this.#onFault(error);
      return response;
    }
  }

  async #answer(request: HttpRequest): Promise<Answer> {
    const target = parseRequestTarget(request);
    if (!target.ok) throw mistaken("", target.error.why);
    const [operation, named] = this.#find(request.method, target.value.path);
    const caller = await this.#caller(request, operation);
    const parts = withService(named);
    this.#authorise(caller, operation, parts);
    return await operation.act(callOf(request, target.value, operation, caller, parts, {
      documentBytesMax: this.#control.store.limits.documentBytesMax,
    }));
  }

  #find(method: string, path: string): [Operation, ReadonlyMap<string, string>] {
    const segments = path.split("/").map(decodePath);
    const here = this.operations.flatMap((operation) => {
      const parts = match(operation.path, segments);
      return parts === undefined ? [] : [[operation, parts] as const];
    });
    if (here.length === 0) throw notFound("such resource");
    const found = here.find(([operation]) => isAskedBy(method, operation));
    if (found !== undefined) return [found[0], found[1]];
    const allow = ["GET", "HEAD", "PUT", "POST", "DELETE"].filter((each) =>
      here.some(([operation]) => isAskedBy(each, operation))
    );
    throw new Refusal("SKERRY_METHOD_REFUSED", `it has ${allow.join(", ")}`, { allow });
  }

  async #caller({ fields, peer }: HttpRequest, operation: Operation): Promise<Caller> {
    const { access, fields: heeded = [] } = operation;
    if (access === "everybody") return nobody;
    const text = shownToken(fields, heeded.includes("Fastly-Key"));
    if (text === undefined) {
      throw new Refusal("SKERRY_TOKEN_REFUSED", "expected Authorization: Bearer and a token");
    }
    return await this.#control.tokens.recognise(text, peer.address);
  }

  #authorise(caller: Caller, operation: Operation, parts: ReadonlyMap<string, string>): void {
    const { access, id } = operation;
    if (access === "everybody" || access === "any token") return;
    const tenant = parts.get("tenant");
    if (!caller.isOperator) {
      if (tenant === undefined) throw operatorNeeded();
      if (tenant !== caller.tenant) throw notFound("such tenant");
      if (access === "operator") throw operatorNeeded();
      if (!caller.scopes.includes(access)) {
        throw new Refusal("SKERRY_SCOPE_MISSING", `the token lacks the scope ${access}`);
      }
    }
    if (tenant !== undefined && id !== "putTenant") this.#control.store.tenant(tenant);
  }
}

/** What is known of a service by one name is known by its tenant's and its own. */
function withService(parts: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const id = parts.get("id");
  if (id === undefined) return parts;
  const found = serviceById(id);
  if (found === undefined) throw notFound("such service");
  return new Map([...parts, ...Object.entries(found)]);
}

function responseOf(answer: Answer): HttpResponse {
  if (answer.kind === "response") {
    const { fields, ...response } = answer.response;
    return { ...response, fields: [...fields, ...jsonFields] };
  }
  const { status, value, revision } = answer;
  const etag = revision === undefined ? [] : [["etag", `"${revision}"`] as const];
  return {
    status,
    fields: [["content-type", "application/json"], ...jsonFields, ...etag],
    body: encodeUtf8(`${JSON.stringify(value)}\n`),
  };
}

/** HEAD is GET without its body (RFC 9110 §9.3.2), which the server leaves out; a stream has none without it. */
function isAskedBy(method: string, operation: Operation): boolean {
  const isStream = operation.answers[200]?.media === "application/x-ndjson";
  return operation.method === (method === "HEAD" && !isStream ? "GET" : method);
}

/** The parts of a path that a pattern names; undefined where it is not its path. */
function match(
  pattern: string,
  segments: readonly string[],
): ReadonlyMap<string, string> | undefined {
  const wanted = pattern.split("/");
  if (wanted.length !== segments.length) return undefined;
  const parts = new Map<string, string>();
  for (const [index, segment] of segments.entries()) {
    const [, name] = /^\{(\w+)\}$/.exec(wanted[index] ?? "") ?? [];
    if (name === undefined ? segment !== wanted[index] : segment === "") return undefined;
    if (name !== undefined) parts.set(name, segment);
  }
  return parts;
}

function operatorNeeded(): Refusal {
  return new Refusal("SKERRY_OPERATOR_NEEDED", "the token is not an operator's");
}
