/**
 * Answers requests by what is kept, and fetches what is not. It opens no socket: how something is fetched is a parameter.
 *
 * What always holds: what is kept and fresh is the answer at once, without a promise; what is stale and may be served is
 * too, and is validated besides, by one request however many come.
 */

import type { Clock } from "@skerry/base";
import type { HttpRequest } from "@skerry/http";
import { type FlightLimits, flightLimits } from "../collapse.ts";
import type { Action, Asked, Outbound } from "../exchange.ts";
import type { HttpCache } from "../http_cache.ts";
import type { Answered, Fetch } from "./answered.ts";
import { Desk, type ServingLimits, servingLimits } from "./desk.ts";
import { Flights } from "./flights.ts";
import { type keptResponse, repliedTo } from "./kept_response.ts";
import { KeptResponses } from "./kept_responses.ts";
import { triedBody } from "./tried_body.ts";
import { Visit } from "./visit.ts";

/** What a server is made of. */
export interface CacheServerParts {
  readonly cache: HttpCache;
  readonly clock: Clock;
  readonly flightLimits?: FlightLimits;
  readonly limits?: ServingLimits;
  /** Told of a mistake of ours that no client waits for. */
  readonly onFault?: (error: unknown) => void;
}

/** See the head of this file. */
export class CacheServer {
  readonly cache: HttpCache;
  readonly #desk: Desk;
  readonly #onFault: (error: unknown) => void;
  readonly #responses = new KeptResponses();
  readonly #keptResponse: typeof keptResponse = (reply, body, facts) =>
    this.#responses.of(reply, body, facts);
  /** Keys that are being refreshed. */
  readonly #refreshing = new Set<string>();
  readonly #refreshingOfTenants = new Map<string, number>();

  constructor(parts: CacheServerParts) {
    const { cache, clock, onFault = () => {} } = parts;
    const flights = new Flights({ cache, clock, limits: parts.flightLimits ?? flightLimits });
    this.cache = cache;
    this.#desk = new Desk(cache, clock, flights, parts.limits ?? servingLimits, onFault);
    this.#onFault = onFault;
  }

  /**
   * Answers a request. A promise where it has to go forward, which rejects by a mistake of ours alone.
   *
   * @param asked the request as the cache sees it, its fields being those of `request`
   * @param request what is asked
   * @param send called for each request that goes forward on behalf of this one, perhaps after it was answered
   * @param passedOn gives the request as it goes forward, where it does; its `whenGone` is taken
   */
  answer(
    asked: Asked,
    request: HttpRequest,
    send: Fetch,
    passedOn: () => HttpRequest = () => request,
  ): Answered | Promise<Answered> {
    const wanted = bodiless(asked, request);
    const action = this.cache.look(wanted, () => this.#desk.nowMs);
    if (!(action instanceof Promise)) return this.#act(action, passedOn, send);
    return action.then((found) => this.#tried(found, wanted, request))
      .then((tried) => this.#act(tried, passedOn, send));
  }

  /** Where what was found in a slower store proves damaged, it is there no longer: all begins anew. */
  async #tried(action: Action, asked: Asked, request: HttpRequest): Promise<Action> {
    if (action.kind !== "reply") return action;
    const body = await triedBody(action.reply, action.body);
    if (body === undefined) return this.#desk.ask(asked);
    const { close } = body;
    if (close !== undefined) request.whenGone(close);
    return { ...action, body };
  }

  #act(action: Action, passedOn: () => HttpRequest, send: Fetch): Answered | Promise<Answered> {
    if (action.kind === "forward") {
      const { outbound } = action;
      const request = passedOn();
      const visit = new Visit(this.#desk, { outbound, request, send, purpose: "answer" });
      visit.forward(outbound);
      return visit.answered;
    }
    if (action.kind === "reply" && action.background !== undefined) {
      this.#refresh(action.background, passedOn(), send);
    }
    return repliedTo(action, this.#keptResponse);
  }

  /** Has what is kept validated, unless that is under way. */
  #refresh(outbound: Outbound, request: HttpRequest, send: Fetch): void {
    const { clock, flights, limits } = this.#desk;
    const { refreshesMax, tenantRefreshesMax, unattendedMsMax } = limits;
    const { text: name, owner: { tenant } } = outbound.key;
    const isUnderWay = this.#refreshing.has(name) || flights.has(name);
    if (isUnderWay || this.#refreshing.size >= refreshesMax) return;
    // Whose origin hangs keeps nobody else's from being asked.
    if ((this.#refreshingOfTenants.get(tenant) ?? 0) >= tenantRefreshesMax) return;
    this.#refreshing.add(name);
    this.#countRefresh(tenant, 1);
    const visit = new Visit(this.#desk, { outbound, request, send, purpose: "refresh" });
    const over = new AbortController();
    void clock.sleep(unattendedMsMax, over.signal).then(() => {
      if (!over.signal.aborted) visit.giveUp();
    });
    visit.forward(outbound);
    visit.answered.catch(this.#onFault).finally(() => {
      over.abort();
      this.#refreshing.delete(name);
      this.#countRefresh(tenant, -1);
    });
  }

  #countRefresh(tenant: string, more: number): void {
    const count = (this.#refreshingOfTenants.get(tenant) ?? 0) + more;
    if (count > 0) this.#refreshingOfTenants.set(tenant, count);
    else this.#refreshingOfTenants.delete(tenant);
  }
}

/** A GET with a body may be answered by it, which no key tells: such a request passes (RFC 9110 §9.3.1). */
function bodiless(asked: Asked, { method, body }: HttpRequest): Asked {
  if (body === undefined || method !== "GET" && method !== "HEAD") return asked;
  return { ...asked, settings: { ...asked.settings, mode: "pass" } };
}
