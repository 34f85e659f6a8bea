import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { decodeUtf8, encodeUtf8, ErrnoError, errnoNames } from "@skerry/base";
import { subrequestLimits } from "./limits.ts";
import { SubrequestBudget } from "./subrequest_budget.ts";
import { type BodyLength, SubrequestConnection } from "./subrequest_connection.ts";
import type { SubrequestOutcome } from "./subrequests_port.ts";

/** Lets everything that was begun go on as far as it can. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

/** A connection, and the backend at its other end. */
class Meeting {
  readonly connection: SubrequestConnection;
  readonly #answer = Promise.withResolvers<SubrequestOutcome>();
  /** What the backend has been sent, and how that ended. */
  received = "";
  bodyEnd: "open" | "none" | "whole" | "given up" = "open";
  signal: AbortSignal | undefined;
  /** Errors that the guest was told. */
  readonly errors: string[] = [];

  constructor(length: BodyLength, budget: SubrequestBudget) {
    budget.open();
    this.connection = new SubrequestConnection(
      (body, signal) => {
        this.signal = signal;
        if (body === undefined) this.bodyEnd = "none";
        else {
          this.#take(body).then(() => this.bodyEnd = "whole", () => this.bodyEnd = "given up");
        }
        return this.#answer.promise;
      },
      length,
      budget,
    );
  }

  answer(outcome: SubrequestOutcome): void {
    this.#answer.resolve(outcome);
  }

  async #take(body: { read(most: number): Uint8Array | Promise<Uint8Array> }): Promise<void> {
    for (let piece = await body.read(7); piece.length > 0; piece = await body.read(7)) {
      this.received += decodeUtf8(piece);
    }
  }

  /** Does what a guest does; errors are noted, and all of them are ones that guests know. */
  async attempt(act: () => unknown): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (error) {
      // A pipe that nobody reads is EPIPE to the guest (stream_io.ts of wasi).
      this.errors.push(error instanceof ErrnoError ? error.errno : "EPIPE");
      return false;
    }
  }
}

const step = fc.oneof(
  fc.record({ do: fc.constant("write" as const), bytes: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ do: fc.constantFrom("read" as const, "end" as const, "answer" as const) }),
  fc.record({ do: fc.constantFrom("fail" as const, "break" as const, "close" as const) }),
);

Deno.test("in whatever order things come, a body is whole where its guest has ended it, and all is let go", async () => {
  const length = fc.oneof(fc.constant("open" as const), fc.integer({ min: 0, max: 20 }));
  await fc.assert(
    fc.asyncProperty(length, fc.array(step, { maxLength: 12 }), async (announced, steps) => {
      const budget = new SubrequestBudget();
      const meeting = new Meeting(announced, budget);
      const { connection } = meeting;
      let written = "";
      const reads: Promise<boolean>[] = [];
      let isReading = false;
      let isClosed = false;
      for (const one of steps) {
        if (isClosed) break;
        switch (one.do) {
          case "write": {
            const text = "x".repeat(one.bytes);
            if (await meeting.attempt(() => connection.write(encodeUtf8(text)))) written += text;
            break;
          }
          case "read":
            // One read is under way at a time, as descriptors have it.
            if (isReading) break;
            isReading = true;
            reads.push(
              meeting.attempt(() => connection.read(100)).finally(() => isReading = false),
            );
            break;
          case "end":
            await meeting.attempt(() => connection.endWrite());
            break;
          case "answer":
            meeting.answer({
              kind: "response",
              response: { status: 200, fields: [], body: encodeUtf8("b") },
            });
            break;
          case "break":
            meeting.answer({
              kind: "response",
              response: { status: 99, fields: [], body: undefined },
            });
            break;
          case "fail":
            meeting.answer({ kind: "failed", why: "timeout" });
            break;
          case "close":
            connection.close();
            isClosed = true;
        }
        await settled();
        if (meeting.bodyEnd === "whole") {
          equal(meeting.received, written);
          if (typeof announced === "number") equal(meeting.received.length, announced);
        }
      }
      connection.close();
      connection.close();
      await Promise.all(reads);
      await settled();
      // Whoever was sent anything has heard of the end, and a body has one.
      if (meeting.signal !== undefined) {
        equal(meeting.signal.aborted, true);
        ok(meeting.bodyEnd !== "open");
      }
      for (const error of meeting.errors) ok((errnoNames as readonly string[]).includes(error));
      equal(await meeting.attempt(() => connection.write(encodeUtf8("late"))), false);
      equal(await meeting.attempt(() => connection.read(1)), false);
      // Its place is free again, once.
      for (let more = 0; more < subrequestLimits.concurrentMax; more += 1) budget.open();
      deepEqual(await meeting.attempt(() => budget.open()), false);
    }),
    { numRuns: 300 },
  );
});
