/** Programs that serve by sockets of their own, spoken to by real clients. */

import assert from "node:assert/strict";
import { encodeUtf8 } from "@skerry/base";
import { build } from "@skerry/languages";
import { skerry, withCommand } from "./skerry.ts";

/** Answers each connection in upper case behind a greeting from a file, one after the other; "stop" ends it. */
const echo = `
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char greeting[64];

static void expect(int ok, const char *what) {
  if (!ok) { perror(what); exit(1); }
}

static int answer(int connection) {
  char buffer[256];
  expect(recv(connection, buffer, 1, MSG_PEEK) == 1, "peek");
  ssize_t length = recv(connection, buffer, 4, MSG_WAITALL);
  expect(length == 4, "recv all");
  for (ssize_t more; (more = read(connection, buffer + length, sizeof buffer - length)) > 0;) length += more;
  int stop = length == 4 && memcmp(buffer, "stop", 4) == 0;
  for (ssize_t at = 0; at < length; at++) buffer[at] = toupper(buffer[at]);
  expect(send(connection, greeting, strlen(greeting), 0) > 0, "send");
  expect(write(connection, buffer, length) == length, "write");
  expect(shutdown(connection, SHUT_WR) == 0, "shutdown");
  expect(send(connection, "x", 1, 0) < 0 && errno == EPIPE, "send after shutdown");
  close(connection);
  return stop;
}

int main(void) {
  FILE *file = fopen("/data/greeting.txt", "r");
  expect(file != NULL && fgets(greeting, sizeof greeting, file) != NULL, "greeting");
  printf("LISTEN_FDS=%s\\n", getenv("LISTEN_FDS"));
  for (int stop = 0; !stop;) {
    struct pollfd waiting = { .fd = 3, .events = POLLIN };
    expect(poll(&waiting, 1, -1) == 1 && waiting.revents == POLLIN, "poll");
    struct sockaddr address;
    socklen_t size = sizeof address;
    int connection = accept(3, &address, &size);
    expect(connection >= 0, "accept");
    stop = answer(connection);
  }
  puts("stopped");
  return 7;
}
`;

async function compiled(source: string): Promise<Uint8Array<ArrayBuffer>> {
  const result = await build("c", new Map([["main.c", encodeUtf8(source)]]));
  assert.ok(result.ok, result.ok ? "" : result.error.raw);
  return new Uint8Array(result.value.wasm);
}

/** What a server answers to a client that sends this and ends. */
async function ask(port: number, ...pieces: string[]): Promise<string> {
  const socket = await Deno.connect({ hostname: "127.0.0.1", port });
  for (const piece of pieces) await socket.write(encodeUtf8(piece));
  await socket.closeWrite();
  return await new Response(socket.readable).text();
}

Deno.test("a C server accepts, receives, sends and shuts down on a socket that it was handed, beside a directory", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(`${folder}/echo.wasm`, await compiled(echo));
    await Deno.writeTextFile(`${folder}/greeting.txt`, "hello ");
    const options = ["--listen-tcp", "127.0.0.1:0", "--dir", `${folder}::/data:ro`];
    await withCommand(["run", ...options, `${folder}/echo.wasm`], async (server) => {
      const [, found] = await server.printed("stderr", /descriptor 3 listens on 127.0.0.1:(\d+)/);
      const port = Number(found);
      assert.equal(await ask(port, "first"), "hello FIRST");
      assert.equal(await ask(port, "se", "cond"), "hello SECOND");
      const together = ["abcd", "efgh", "ijkl"].map((text) => ask(port, text));
      assert.deepEqual(await Promise.all(together), ["hello ABCD", "hello EFGH", "hello IJKL"]);
      assert.equal(await ask(port, "stop"), "hello STOP");
      const { code, stdout } = await server.ended;
      assert.deepEqual([code, stdout], [7, "LISTEN_FDS=1\nstopped\n"]);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** Counts what its clients send, all of them at once and without waiting for any; ends when the last has gone. */
const counting = `
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define CLIENTS 3

int main(void) {
  struct pollfd waiting[CLIENTS + 1] = { { .fd = 3, .events = POLLIN } };
  int open = 1, gone = 0;
  long bytes = 0;
  fcntl(3, F_SETFL, O_NONBLOCK);
  while (gone < CLIENTS) {
    if (poll(waiting, open, 1000) < 0) return 1;
    for (int at = open; at-- > 1;) {
      char buffer[100];
      ssize_t length = recv(waiting[at].fd, buffer, sizeof buffer, 0);
      if (length < 0 && errno == EAGAIN) continue;
      if (length < 0) return 2;
      bytes += length;
      if (length > 0) continue;
      dprintf(waiting[at].fd, "%ld", bytes);
      close(waiting[at].fd);
      waiting[at] = waiting[--open];
      gone += 1;
    }
    int connection = accept4(3, NULL, NULL, SOCK_NONBLOCK);
    if (connection >= 0) waiting[open++] = (struct pollfd) { .fd = connection, .events = POLLIN };
    else if (errno != EAGAIN) return 3;
  }
  printf("%ld bytes\\n", bytes);
}
`;

Deno.test("a C server serves many at once without waiting for any, in a thread that is watched, with all else given up", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(`${folder}/count.wasm`, await compiled(counting));
    for (const watched of [[], ["--timeout", "60s"]]) {
      const words = ["run", "--listen-tcp", "127.0.0.1:0", ...watched, `${folder}/count.wasm`];
      await withCommand(words, async (server) => {
        const [, found] = await server.printed("stderr", /listens on 127.0.0.1:(\d+)/);
        const clients = ["x".repeat(1_000), "y".repeat(20_000), "z"];
        const answers = await Promise.all(clients.map((text) => ask(Number(found), text)));
        assert.ok(answers.includes("21001"), answers.join());
        const { code, stdout } = await server.ended;
        assert.deepEqual([code, stdout], [0, "21001 bytes\n"]);
      });
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("an address that is taken is told, with what to do", async () => {
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(`${folder}/count.wasm`, await compiled(counting));
    const address = `127.0.0.1:${taken.addr.port}`;
    const { code, stderr } = await skerry([
      ...["run", "--listen-tcp", address, `${folder}/count.wasm`],
    ]);
    assert.equal(code, 1);
    assert.match(stderr, /cannot listen: the address is in use[^]*SKERRY_LISTEN_FAILED/);
  } finally {
    taken.close();
    await Deno.remove(folder, { recursive: true });
  }
});
