/** Tokens: made, shown once, recognised, revoked. */

import { isSkerryError, type RandomSource } from "@skerry/base";
import { Attempts } from "./attempts.ts";
import type { Actor } from "./records.ts";
import { mistaken, notFound, Refusal } from "./refusal.ts";
import type { Scope } from "./scopes.ts";
import type { Store } from "./store.ts";
import type { TokenRecord } from "./token_table.ts";
import { hashesEqual, makeToken, type NewToken, tokenHash, tokenId } from "./token_text.ts";

/** Who has shown a token that is valid. */
export interface Caller extends Actor {
  /** Whose it is; undefined for an operator. */
  readonly tenant: string | undefined;
  readonly scopes: readonly Scope[];
  readonly expiresMs: number | undefined;
}

/** A token that is to be. */
export interface TokenRequest {
  readonly name: string;
  /** Undefined for an operator's. */
  readonly tenant: string | undefined;
  readonly scopes: readonly Scope[];
  readonly expiresMs?: number | undefined;
}

/** A token with its text, which is shown this once. */
export interface TokenMade {
  readonly token: TokenRecord;
  readonly text: string;
}

/** When a token was used last is known to the minute: every use would be a write. */
const usedStepMs = 60_000;

/** The node itself, at its first start. */
const node: Caller = {
  ...{ id: "node", isOperator: true, tenant: undefined, scopes: ["operator"] },
  expiresMs: undefined,
};

/** A hash that no token has, for ids that none has. */
const noHash = new Uint8Array(32);

/** Makes and recognises tokens. */
export class Tokens {
  readonly #store: Store;
  readonly #random: RandomSource;
  readonly #attempts = new Attempts();

  constructor(store: Store, random: RandomSource) {
    this.#store = store;
    this.#random = random;
  }

  /**
   * A token for the operator of a node that has none that is valid: at its first start, or once all were revoked.
   *
   * @param keep puts its text where the operator finds it, before it is a token: a node that ends in between makes
   * another one when it starts again
   */
  async first(keep: (text: string) => Promise<void>): Promise<TokenMade | undefined> {
    const { tokens, nowMs } = this.#store;
    const isAny = tokens.list(undefined).some(({ expiresMs = Infinity }) => expiresMs > nowMs);
    if (isAny) return undefined;
    const made = await makeToken(this.#random);
    await keep(made.text);
    return this.#add(node, { name: "root", tenant: undefined, scopes: ["operator"] }, made);
  }

  /** Makes a token, which may do no more, and for no longer, than its maker's. */
  async make(maker: Caller, request: TokenRequest): Promise<TokenMade> {
    checkRequest(maker, request, this.#store.nowMs);
    return this.#add(maker, request, await makeToken(this.#random));
  }

  /** Has a token of a tenant, or any where none is named, be one no more. */
  revoke(actor: Actor, id: string, tenant: string | undefined): void {
    const event = { action: "revoke token", tenant, details: { token: id } };
    this.#store.change(actor, event, () => {
      const found = this.#store.tokens.get(id);
      const isTheirs = tenant === undefined || found?.token.tenant === tenant;
      if (found === undefined || !isTheirs) throw notFound("such token");
      this.#store.tokens.remove(id);
    });
  }

  /**
   * Who shows this token.
   *
   * @param address from which it is shown
   * @throws Refusal SKERRY_TOKEN_REFUSED, or SKERRY_TOO_MANY where that was tried too often
   */
  async recognise(text: string, address: string): Promise<Caller> {
    const id = await tokenId(text);
    const hash = await tokenHash(text);
    const { tokens, nowMs } = this.#store;
    const found = id === undefined ? undefined : tokens.get(id);
    const isSame = hashesEqual(hash, found?.hash ?? noHash);
    const isOver = (found?.token.expiresMs ?? Infinity) <= nowMs;
    if (found === undefined || !isSame || isOver) throw this.#refuse(address);
    const { token } = found;
    this.#noteUse(token, nowMs);
    const { tenant, scopes, expiresMs } = token;
    return { id: token.id, isOperator: scopes.includes("operator"), tenant, scopes, expiresMs };
  }

  /** Whether a token that was recognised is one still: what goes on for long asks again. */
  isValid({ id }: Caller): boolean {
    const found = this.#store.tokens.get(id);
    return found !== undefined && (found.token.expiresMs ?? Infinity) > this.#store.nowMs;
  }

  #add(maker: Caller, request: TokenRequest, { id, text, hash }: NewToken): TokenMade {
    const { tokens, limits, nowMs } = this.#store;
    const { name, tenant: tenantName, scopes, expiresMs = maker.expiresMs } = request;
    const made = { createdMs: nowMs, createdBy: maker.id, usedMs: undefined };
    const token: TokenRecord = { id, name, tenant: tenantName, scopes, expiresMs, ...made };
    const details = { token: id, name, scopes, expiresMs };
    this.#store.change(maker, { action: "make token", tenant: tenantName, details }, () => {
      const tenant = tenantName === undefined ? undefined : this.#store.tenant(tenantName);
      tokens.expire(nowMs);
      if (tokens.list(tenant).length >= limits.tokensMax) {
        throw new Refusal("SKERRY_QUOTA_USED_UP", `there may be ${limits.tokensMax} tokens`);
      }
      tokens.add(token, tenant, hash);
    });
    return { token, text };
  }

  #refuse(address: string): Refusal {
    const retryAfterMs = this.#attempts.fail(address, this.#store.nowMs);
    if (retryAfterMs === undefined) {
      return new Refusal("SKERRY_TOKEN_REFUSED", "the token is unknown, revoked or has expired");
    }
    const why = "too many tokens were tried that are none";
    return new Refusal("SKERRY_TOO_MANY", why, { retryAfterMs });
  }

  #noteUse({ id, usedMs = 0 }: TokenRecord, nowMs: number): void {
    if (nowMs - usedMs < usedStepMs) return;
    try {
      this.#store.maintain(() => this.#store.tokens.setUsed(id, nowMs));
    } catch (error) {
      // On a disk that is full an operator must be let in all the more.
      if (!isSkerryError(error)) throw error;
    }
  }
}

function checkRequest(maker: Caller, request: TokenRequest, nowMs: number): void {
  const { tenant, scopes, expiresMs } = request;
  const isOperator = scopes.includes("operator");
  if (isOperator !== (tenant === undefined) || isOperator && scopes.length > 1) {
    throw mistaken("scopes", 'expected "operator" alone, or scopes of a tenant');
  }
  if (scopes.length === 0) throw mistaken("scopes", "expected at least one scope");
  if (expiresMs !== undefined && expiresMs <= nowMs) {
    throw mistaken("expiresMs", "expected a time to come");
  }
  const isTheirs = maker.isOperator ||
    tenant === maker.tenant && scopes.every((scope) => maker.scopes.includes(scope));
  // Where no end is told, it is the maker's own.
  if (isTheirs && (expiresMs ?? 0) <= (maker.expiresMs ?? Infinity)) return;
  throw new Refusal("SKERRY_SCOPE_MISSING", "a token makes none that may do more, or for longer");
}
