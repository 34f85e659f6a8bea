import assert from "node:assert/strict";
import { derivedRequest } from "./derived_request.ts";
import type { Field, HttpRequest } from "./message.ts";

class Told implements HttpRequest {
  readonly method = "GET";
  readonly target = "/";
  readonly scheme = "http";
  readonly fields: readonly Field[] = [["host", "a.example"]];
  readonly body = undefined;
  readonly peer = { address: "192.0.2.1", port: 1 };
  readonly #told: string[] = [];

  get told(): string[] {
    return this.#told;
  }

  trailers(): readonly Field[] {
    return [["x-sum", String(this.#told.length)]];
  }

  inform(status: number): void {
    this.#told.push(`inform ${status}`);
  }

  whenGone(act: () => void): void {
    this.#told.push("whenGone");
    act();
  }
}

Deno.test("a derived request differs in what is told, and does what is done to it to the other", () => {
  const request = new Told();
  const derived = derivedRequest(request, { scheme: "https" });
  assert.equal(derived.scheme, "https");
  assert.deepEqual([derived.method, derived.fields], ["GET", request.fields]);
  derived.inform?.(103, []);
  derivedRequest(derived, {}).whenGone(() => {});
  assert.deepEqual(request.told, ["inform 103", "whenGone"]);
  assert.deepEqual(derived.trailers?.(), [["x-sum", "2"]]);
  assert.equal("version" in derived, false);
});
