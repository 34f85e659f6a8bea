/** The header `skerry.h`, used by programs in C and C++ that Clang compiles. */

import { deepEqual, equal } from "node:assert/strict";
import { echoBackends, GuestHouse, programOf } from "./guest_run.ts";

Deno.test("a program in C keeps, counts, lists and forgets keys, from one run to the next", async () => {
  const program = await programOf(
    "c",
    String.raw`
#include <skerry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
int main(void) {
  char value[8], note[8];
  struct skerry_kv_info info;
  int status = skerry_kv_get("s", 1, "key", 3, value, sizeof value, note, sizeof note, &info);
  if (status == SKERRY_KV_OK) {
    printf("%.*s %.*s %llu %d\n", (int)info.value_size, value, (int)info.metadata_size, note,
           (unsigned long long)info.generation, info.expires_ms > 1700000000000);
    struct skerry_kv_options options = {.condition = SKERRY_KV_IF_GENERATION, .generation = 99};
    status = skerry_kv_put("s", 1, "key", 3, "two", 3, 0, 0, &options);
    printf("%d %llu\n", status == SKERRY_KV_CONFLICT, (unsigned long long)options.generation);
    char keys[64];
    struct skerry_kv_listed listed;
    status = skerry_kv_list("s", 1, "k", 1, 0, 0, keys, sizeof keys, &listed);
    printf("%d %u %u %u %.*s\n", status, listed.size, listed.keys, listed.more, (int)listed.size - 4, keys + 4);
    printf("%d\n", skerry_kv_delete("s", 1, "key", 3, info.generation));
    return 0;
  }
  struct skerry_kv_options options = {.condition = SKERRY_KV_IF_ABSENT, .ttl_ms = 60000};
  printf("%d ", status == SKERRY_KV_NOT_FOUND);
  printf("%d\n", skerry_kv_put("s", 1, "key", 3, "one", 3, "note", 4, &options));
}`,
  );
  const house = new GuestHouse(echoBackends);
  const runs = [await house.run(program), await house.run(program), await house.run(program)];
  deepEqual(runs.map(({ stdout }) => stdout), [
    "1 0\n",
    "one note 1 1\n1 1\n0 7 1 0 key\n0\n",
    "1 0\n",
  ]);
});

Deno.test("a program in C speaks to backends by read, write, shutdown and poll", async () => {
  const program = await programOf(
    "c",
    String.raw`
#include <errno.h>
#include <poll.h>
#include <skerry.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
static int ask(const char *backend, const char *head) {
  int fd = -1;
  int error = skerry_http_request(backend, strlen(backend), head, strlen(head), &fd);
  if (error) printf("refused: %s\n", strerror(error));
  return fd;
}
static void tell(int fd) {
  char buffer[100];
  ssize_t got;
  while ((got = read(fd, buffer, sizeof buffer)) > 0) fwrite(buffer, 1, got, stdout);
  if (got < 0) printf("\nfailed: %s", strerror(errno));
  puts("\n--");
  close(fd);
}
int main(void) {
  int fd = ask("echo", "POST /a?b HTTP/1.1\r\nX-A: 1\r\n\r\n");
  write(fd, "body ", 5);
  send(fd, "and more", 8, 0);
  shutdown(fd, SHUT_WR);
  struct pollfd waiting = {.fd = fd, .events = POLLIN};
  printf("poll %d\n", poll(&waiting, 1, 5000));
  tell(fd);
  tell(ask("broken", "GET / HTTP/1.1\r\n\r\n"));
  tell(ask("away", "GET / HTTP/1.1\r\n\r\n"));
  ask("nobody", "GET / HTTP/1.1\r\n\r\n");
  ask("echo", "GET / HTTP/1.1\nX: 1\n\n");
}`,
  );
  const { stdout, outcome } = await new GuestHouse(echoBackends).run(program);
  equal(
    stdout.replaceAll("\r", ""),
    `poll 1
HTTP/1.1 201${" "}
content-type: text/plain
x-twice: a
x-twice: b

POST /a?b
x-a: 1
body and more
--
HTTP/1.1 502${" "}
content-type: text/plain
x-twice: a
x-twice: b

GET /

failed: Connection reset by peer
--

failed: Operation timed out
--
refused: No such file or directory
refused: Invalid argument
`,
  );
  equal(outcome.kind, "returned");
});

Deno.test("C++ includes the header too, and configuration and secrets are files", async () => {
  const program = await programOf(
    "cpp",
    String.raw`
#include <skerry.h>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>
int main() {
  for (auto path : {"/config/colour", "/secrets/key", "/secrets/none"}) {
    std::ifstream file(path);
    std::string text;
    std::cout << (std::getline(file, text) ? text : "none") << '\n';
  }
  std::ofstream changed("/config/colour");
  std::cout << changed.is_open() << skerry_kv_delete("", 0, "a", 1, 0) << '\n';
}`,
  );
  const { stdout } = await new GuestHouse(echoBackends).run(program);
  equal(stdout, "blue\nhush\nnone\n01\n");
});

Deno.test("a program in C caches what it has computed, whole and as a descriptor", async () => {
  const program = await programOf(
    "c",
    String.raw`
#include <errno.h>
#include <skerry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
int main(void) {
  char value[32], about[32];
  struct skerry_cache_found found;
  int status = skerry_cache_get("key", 3, value, sizeof value, &found);
  if (status) printf("get: %s\n", strerror(status));
  else printf("get: %.*s, state %u\n", (int)found.size, value, found.state);
  struct skerry_cache_write options = {.ttl_ms = 60000, .surrogate_keys = "a b", .surrogate_keys_size = 3};
  printf("set: %d\n", skerry_cache_set("key", 3, "value", 5, &options));
  int transaction, body;
  struct skerry_cache_lookup look = {.wait_ms = 1000};
  status = skerry_cache_transaction_lookup("page", 4, &look, about, sizeof about, &found, &transaction);
  printf("transaction: %d, state %u\n", status, found.state);
  if (found.state & SKERRY_CACHE_MUST_INSERT) {
    struct skerry_cache_write page = {
      .ttl_ms = 60000, .metadata = "text/html", .metadata_size = 9, .surrogate_keys = "b", .surrogate_keys_size = 1};
    printf("insert: %d\n", skerry_cache_transaction_insert(transaction, &page, &body));
    write(body, "some ", 5);
    write(body, "page", 4);
    printf("shut: %d\n", shutdown(body, SHUT_WR));
    close(body);
  } else {
    ssize_t got = read(transaction, value, sizeof value);
    printf("%.*s: %.*s\n", (int)found.metadata_size, about, (int)got, value);
    status = skerry_cache_range(transaction, 5, UINT64_MAX, &body);
    got = read(body, value, sizeof value);
    printf("part: %d %.*s\n", status, (int)got, value);
  }
  close(transaction);
  if (getenv("PURGE")) printf("purge: %d %d\n", skerry_cache_purge_keys("b", 1, 0), skerry_cache_purge("key", 3, 1));
}`,
  );
  const house = new GuestHouse(echoBackends);
  const runs = [
    await house.run(program),
    await house.run(program, { PURGE: "1" }),
    await house.run(program),
  ];
  const first =
    "get: No such file or directory\nset: 0\ntransaction: 0, state 8\ninsert: 0\nshut: 0\n";
  deepEqual(runs.map(({ stdout }) => stdout), [
    first,
    "get: value, state 3\nset: 0\ntransaction: 0, state 3\ntext/html: some page\npart: 0 page\npurge: 0 0\n",
    first,
  ]);
});
