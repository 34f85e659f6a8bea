/**
 * One request that what is kept did not answer, from then until its answer: it fetches, waits for another's fetch, or both
 * in turn.
 *
 * What always holds: it has one answer; what it fetches is kept only where all of it came; a client that goes takes a fetch
 * with it only where nobody else wants what it brings.
 */

import { fieldValue, type HttpRequest, type HttpResponse } from "@skerry/http";
import type { Asker } from "../collapse.ts";
import type { Action, Arrival, Asked, Outbound } from "../exchange.ts";
import type { Answered, CacheResult, Fetch, Fetched, FetchPurpose } from "./answered.ts";
import type { Desk } from "./desk.ts";
import { drop, Fetching } from "./fetching.ts";
import { FillingBody, type FillingParts, keepWhole } from "./filling.ts";
import type { OpenFlight, Passenger } from "./flights.ts";
import { keptResponse, repliedTo } from "./kept_response.ts";
import { firstResponse, followingResponse, type Landing } from "./landing.ts";
import { failedResponse, goneResponse, passedResponse } from "./other_responses.ts";
import { RelayReader } from "./relay_reader.ts";
import { triedBody } from "./tried_body.ts";
import type { StoredResponse } from "../stored_response.ts";

/** Who asks for what, and how it is fetched. */
export interface VisitParts {
  /** What it came with. */
  readonly outbound: Outbound;
  readonly request: HttpRequest;
  readonly send: Fetch;
  readonly purpose: FetchPurpose;
}

/** See the head of this file. */
export class Visit implements Passenger {
  readonly asker: Asker;
  readonly #desk: Desk;
  readonly #parts: VisitParts;
  readonly #answer = Promise.withResolvers<Answered>();
  /** Where it waits, or fetches for others too. */
  #flight: OpenFlight | undefined;
  #fetching: Fetching | undefined;
  /** Ends what its client reads. */
  #stopReading: (() => void) | undefined;
  #isGone = false;

  constructor(desk: Desk, parts: VisitParts) {
    this.asker = desk.nextAsker();
    this.#desk = desk;
    this.#parts = parts;
    if (parts.purpose === "answer") parts.request.whenGone(() => this.#leave());
  }

  get asked(): Asked {
    return this.#parts.outbound.asked;
  }

  /** Rejects by a mistake of ours alone. */
  get answered(): Promise<Answered> {
    return this.#answer.promise;
  }

  /** Goes forward, with others where that may be. */
  forward(outbound: Outbound): void {
    const departed = outbound.isShared ? this.#desk.flights.join(this, outbound) : undefined;
    if (departed !== undefined || !outbound.isShared) this.#send(outbound, departed);
  }

  /** Its time is over: for what nobody waits for. */
  giveUp(): void {
    this.#fetching?.giveUp();
  }

  wait(flight: OpenFlight): void {
    this.#flight = flight;
  }

  fetch(flight: OpenFlight): void {
    const action = this.#desk.ask(this.asked);
    if (action.kind === "forward") {
      this.#desk.flights.departs(flight, action.outbound);
      return this.#send(action.outbound, flight);
    }
    // It is there meanwhile, by another flight: this one goes on with whoever is next.
    this.#reply(action);
    this.#desk.flights.end(flight, this, "failed");
  }

  follow(landing: Landing): void {
    const { request } = this.asked;
    this.#read(() => followingResponse(landing, request, this.#desk.nowMs), "collapsed");
  }

  alone(): void {
    const action = this.#desk.ask(this.asked);
    if (action.kind === "forward") this.#send(action.outbound, undefined);
    else this.#reply(action);
  }

  again(): void {
    const action = this.#desk.ask(this.asked);
    if (action.kind === "forward") this.forward(action.outbound);
    else this.#reply(action);
  }

  fail(response: HttpResponse | undefined): void {
    const action = this.#desk.ask(this.asked);
    if (action.kind === "forward") this.#failed(action.outbound, response);
    else this.#reply(action);
  }

  cancel(): void {
    this.#fetching?.giveUp();
  }

  #reply(action: Exclude<Action, { kind: "forward" }>): void {
    this.#answer.resolve(repliedTo(action));
  }

  #send(outbound: Outbound, flight: OpenFlight | undefined): void {
    const { request, send, purpose } = this.#parts;
    this.#flight = flight;
    const fetching = this.#fetching = new Fetching(request, outbound, send, purpose);
    fetching.fetched.then((fetched) => this.#arrived(fetched, fetching, outbound))
      .catch((error) => {
        this.#answer.reject(error);
        this.#endFlight("failed");
      });
  }

  #arrived({ kind, response }: Fetched, fetching: Fetching, outbound: Outbound): void {
    if (kind === "failed") {
      this.#failed(outbound, response);
      return this.#endFlight("failed", response);
    }
    const arrival = this.#desk.cache.arrive(outbound, response, this.#desk.nowMs);
    switch (arrival.kind) {
      case "again":
        this.#drop(response, fetching);
        return this.#send(arrival.outbound, this.#flight);
      case "reply": {
        this.#drop(response, fetching);
        const result = response.status === 304 ? "revalidated" : "stale";
        return this.#try(arrival, (kept) => {
          if (kept !== undefined) return this.#kept(kept, result, outbound);
          // It was confirmed, but it is there no longer.
          this.#send(this.#desk.cache.anew(outbound, this.#desk.nowMs), this.#flight);
        });
      }
      case "pass-on":
        if (arrival.filling === undefined) {
          this.#pass(arrival, response, fetching, outbound);
          return this.#head(outbound, undefined);
        }
        return this.#fill(arrival, arrival.filling, response, fetching, outbound);
    }
  }

  /** Goes on with what is kept once it can be read, at once where it is in memory; without it where it cannot be. */
  #try(kept: KeptReply, act: (kept: KeptReply | undefined) => void): void {
    if (kept.body.read === undefined) return act(kept);
    triedBody(kept.reply, kept.body).then((body) => {
      if (this.#isGone || this.#parts.purpose === "refresh") body?.close?.();
      else this.#stopReading = body?.close;
      act(body && { ...kept, body });
    }).catch((error) => {
      this.#answer.reject(error);
      this.#endFlight("failed");
    });
  }

  /** What is kept is the answer after all. */
  #kept({ reply, body, facts }: KeptReply, result: CacheResult, outbound: Outbound): void {
    this.#settle(keptResponse(reply, body, facts), result);
    this.#head(outbound, undefined);
  }

  #drop(response: HttpResponse, fetching: Fetching): void {
    drop(response, fetching).catch(this.#desk.onFault);
  }

  /** What came is for whoever asked for it, and is not kept. */
  #pass(arrival: PassOn, response: HttpResponse, fetching: Fetching, outbound: Outbound): void {
    if (this.#isGone || this.#parts.purpose === "refresh") this.#drop(response, fetching);
    else this.#stopReading = () => fetching.giveUp();
    this.#settle(passedResponse(response, arrival), isPass(outbound) ? "pass" : "miss");
  }

  /** What came is kept, and goes to all who wait. */
  #fill(
    { fields, facts }: PassOn,
    filling: StoredResponse,
    response: HttpResponse,
    fetching: Fetching,
    outbound: Outbound,
  ): void {
    const { status, trailers, body = nothing } = response;
    const parts: FillingParts = { desk: this.#desk, outbound, head: response, filling };
    const land = (open: Landing["open"], bytes: number | undefined) => {
      const landing = { outbound, filling, status, fields, facts, trailers, open, bytes };
      this.#read(() => firstResponse(landing, this.#desk.nowMs), "miss");
      this.#head(outbound, landing);
    };
    if (body instanceof Uint8Array) {
      keepWhole(parts, body);
      land((range) => range ? body.subarray(range.first, range.last + 1) : body, body.length);
      return this.#endFlight("complete");
    }
    const coming = new FillingBody(parts, fetching);
    land(coming.open, toldBytes(response));
    coming.attend();
    coming.fill(body, (how) => this.#endFlight(how)).catch((error) => {
      this.#endFlight("failed");
      this.#desk.onFault(error);
    });
  }

  #failed(outbound: Outbound, response: HttpResponse | undefined): void {
    const stale = this.#desk.cache.fail(this.#withKept(outbound), this.#desk.nowMs);
    const failed = () =>
      this.#settle(failedResponse(response, outbound), this.#isGone ? "gone" : "failed");
    if (stale === undefined) return failed();
    this.#try(stale, (kept) => {
      if (kept === undefined) return failed();
      this.#settle(keptResponse(kept.reply, kept.body, kept.facts), "stale");
    });
  }

  /** Who asks again is not looked for in the slower store again: what was found there is known by what it came with. */
  #withKept(outbound: Outbound): Outbound {
    const { outbound: first } = this.#parts;
    const isFound = outbound.kept === undefined && first.kept?.body.read !== undefined;
    return isFound ? first : outbound;
  }

  /** @param open gives a response whose body is to be read, or closed */
  #read(open: () => HttpResponse, result: CacheResult): void {
    // Who has gone reads nothing, and holds nobody up.
    if (this.#isGone || this.#parts.purpose === "refresh") {
      return this.#settle(goneResponse, "gone");
    }
    const response = open();
    const { body } = response;
    if (body instanceof RelayReader) this.#stopReading = () => body.close();
    this.#settle(response, result);
  }

  #settle(response: HttpResponse, result: CacheResult): void {
    this.#answer.resolve({ response, result });
  }

  #head(outbound: Outbound, landing: Landing | undefined): void {
    if (this.#flight !== undefined) {
      this.#desk.flights.head(this.#flight, this, outbound, landing);
    }
  }

  #endFlight(how: "complete" | "failed", response?: HttpResponse): void {
    if (this.#flight !== undefined) this.#desk.flights.end(this.#flight, this, how, response);
  }

  /** Its client has gone. */
  #leave(): void {
    this.#isGone = true;
    if (this.#stopReading !== undefined) return this.#stopReading();
    if (this.#flight !== undefined) this.#desk.flights.leave(this.#flight, this);
    if (this.#fetching === undefined) return this.#settle(goneResponse, "gone");
    // Nobody waits for what it fetches; where somebody may, they were asked.
    if (this.#flight?.flight.kind !== "asking") this.#fetching.giveUp();
  }
}

type PassOn = Extract<Arrival, { kind: "pass-on" }>;
type KeptReply = Pick<Extract<Arrival, { kind: "reply" }>, "reply" | "body" | "facts">;

/** Nothing that is kept could have answered it, whatever there is. */
function isPass({ facts: { forward, detail } }: Outbound): boolean {
  return forward === "bypass" || forward === "method" || detail === "condition" ||
    detail === "hit-for-miss";
}

/** The length that a response tells; undefined where it tells none. */
function toldBytes({ fields }: HttpResponse): number | undefined {
  const text = fieldValue(fields, "content-length");
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

const nothing = new Uint8Array(0);
