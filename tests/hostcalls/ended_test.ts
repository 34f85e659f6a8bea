/** What becomes of calls whose program is ended in the midst of them. */

import { deepEqual, equal } from "node:assert/strict";
import { encodeUtf8 } from "@skerry/base";
import type { Subrequests } from "@skerry/hostcalls";
import { echoBackends, GuestHouse, programOf } from "./guest_run.ts";

/** Waits for the response of `backend`, having sent a part of a body. */
const program = await programOf(
  "c",
  String.raw`
#include <skerry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(void) {
  const char *backend = getenv("BACKEND");
  const char *head = "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n";
  int fd;
  if (skerry_http_request(backend, strlen(backend), head, strlen(head), &fd)) return 1;
  write(fd, "part", 4);
  char buffer[100];
  for (ssize_t got; (got = read(fd, buffer, sizeof buffer)) > 0;) printf("%.*s", (int)got, buffer);
}`,
);

Deno.test("a program that is ended while it waits for a backend has its request given up, and its sandbox is used again", async () => {
  const seen: { readonly signal: AbortSignal; readonly body: Promise<string> }[] = [];
  const backends: Subrequests = {
    has: () => true,
    send(backend, { body }, signal) {
      const wholeBody = (async () => {
        for (;;) {
          const piece = await body?.read(100);
          if (piece === undefined || piece.length === 0) return "whole";
        }
      })();
      seen.push({ signal, body: wholeBody.catch(() => "given up") });
      if (backend === "silent") return new Promise(() => {});
      const response = { status: 200, fields: [], body: encodeUtf8("here") };
      return Promise.resolve({ kind: "response", response });
    },
  };
  const house = new GuestHouse(backends);
  const ended = await house.run(program, { BACKEND: "silent" }, 300);
  equal(ended.outcome.kind, "exhausted");
  equal(ended.stdout, "");
  const next = await house.run(program, { BACKEND: "other" });
  equal(next.stdout.replaceAll("\r", ""), "HTTP/1.1 200 \n\nhere");
  deepEqual(seen.map(({ signal }) => signal.aborted), [true, true]);
  deepEqual(await Promise.all(seen.map(({ body }) => body)), ["given up", "given up"]);
});

Deno.test("a program that is ended with a fragment to bring hands it over, and what it has begun is not kept", async () => {
  const holder = await programOf(
    "c",
    String.raw`
#include <skerry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
int main(void) {
  const char *what = getenv("WHAT");
  struct skerry_cache_found found;
  struct skerry_cache_write options = {.ttl_ms = 60000};
  int transaction, body;
  if (skerry_cache_transaction_lookup("a", 1, 0, 0, 0, &found, &transaction)) return 1;
  char text[100];
  if (!(found.state & SKERRY_CACHE_MUST_INSERT)) {
    ssize_t got = read(transaction, text, sizeof text);
    printf("found %.*s", (int)got, text);
    return 0;
  }
  if (!strcmp(what, "hold")) for (;;) {}
  if (!strcmp(what, "trap")) __builtin_trap();
  skerry_cache_transaction_insert(transaction, &options, &body);
  write(body, what, strlen(what));
  if (!strcmp(what, "part")) for (;;) {}
  close(transaction);
  shutdown(body, SHUT_WR);
  printf("brought");
}`,
  );
  const house = new GuestHouse(echoBackends);
  const runs = await Promise.all([
    house.run(holder, { WHAT: "hold" }, 200),
    house.run(holder, { WHAT: "trap" }),
    house.run(holder, { WHAT: "part" }, 1_500),
    house.run(holder, { WHAT: "text" }, 10_000),
  ]);
  const [hold, trap, part] = runs.map(({ outcome }) => outcome.kind);
  deepEqual([hold, trap, part], ["exhausted", "trapped", "exhausted"]);
  // It came while another was writing: what it read was cut short.
  equal(runs[3]?.stdout.includes("brought"), false);
  const next = await house.run(holder, { WHAT: "text" });
  const last = await house.run(holder, { WHAT: "text" });
  deepEqual([next.stdout, last.stdout], ["brought", "found text"]);
});
