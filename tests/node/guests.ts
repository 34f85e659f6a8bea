/** What tests deploy: one program in C that does as its path says, good and bad, and modules that are no good at all. */

import assert from "node:assert/strict";
import { concatBytes, encodeUtf8 } from "@skerry/base";
import { assemble } from "@skerry/languages";
import { builtOnce } from "./built_once.ts";

/** A module, as it is uploaded. */
export type Module = Uint8Array<ArrayBuffer>;

/** What stands in the program for its release. */
const mark = "release-0000";

/**
 * `/PATH?ARGUMENT`: what each does is told where it stands. Whatever else is asked for tells the program's release, the
 * version that its settings name, and where it was asked.
 */
const source = String.raw`
#include <errno.h>
#include <fcntl.h>
#include <skerry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char release[] = "${mark}";

static const char *variable(const char *name) {
  const char *value = getenv(name);
  return value ? value : "";
}

static void head(int status) {
  printf("Status: %d\nContent-Type: text/plain\n\n", status);
}

static void pause_ms(long ms) {
  struct timespec time = { ms / 1000, ms % 1000 * 1000000 };
  nanosleep(&time, NULL);
}

/* Adds one to a key, however many others do the same. */
static int count(const char *key) {
  for (;;) {
    char text[16] = "0";
    struct skerry_kv_info info;
    struct skerry_kv_options options = { .condition = SKERRY_KV_IF_ABSENT };
    int status = skerry_kv_get("", 0, key, strlen(key), text, sizeof text - 1, NULL, 0, &info);
    if (status == SKERRY_KV_BUSY) continue;
    if (status == SKERRY_KV_OK) {
      text[info.value_size] = 0;
      options.condition = SKERRY_KV_IF_GENERATION;
      options.generation = info.generation;
    } else if (status != SKERRY_KV_NOT_FOUND) return -status;
    int next = atoi(text) + 1;
    int length = snprintf(text, sizeof text, "%d", next);
    status = skerry_kv_put("", 0, key, strlen(key), text, length, NULL, 0, &options);
    if (status == SKERRY_KV_OK) return next;
    if (status != SKERRY_KV_CONFLICT && status != SKERRY_KV_BUSY) return -status;
  }
}

static void print_file(const char *name) {
  char text[256];
  FILE *file = fopen(name, "r");
  if (!file) { int error = errno; head(404); printf("%s", strerror(error)); return; }
  head(200);
  for (size_t length; (length = fread(text, 1, sizeof text, file)) > 0;) fwrite(text, 1, length, stdout);
}

/* The status and the body of what a backend answers. */
static void print_subrequest(const char *backend) {
  static const char request[] = "GET /asked HTTP/1.1\r\n\r\n";
  static char answer[65536];
  int descriptor;
  int error = skerry_http_request(backend, strlen(backend), request, sizeof request - 1, &descriptor);
  if (error) { head(502); printf("errno %d", error); return; }
  size_t size = 0;
  ssize_t length;
  while (size < sizeof answer - 1 && (length = read(descriptor, answer + size, sizeof answer - 1 - size)) > 0) size += length;
  answer[size] = 0;
  if (length < 0) { int error = errno; head(502); printf("%s", strerror(error)); return; }
  char *body = strstr(answer, "\r\n\r\n");
  head(200);
  printf("%.3s %s", answer + 9, body ? body + 4 : "");
}

int main(void) {
  const char *path = variable("PATH_INFO"), *argument = variable("QUERY_STRING");
  const char *at = strrchr(path, '/');
  if (!at) at = "/";
  #define ASKED(name) (strcmp(at, name) == 0)
  if (ASKED("/env")) { head(200); printf("%s", variable(argument)); }
  else if (ASKED("/file")) print_file(argument);
  else if (ASKED("/count")) { head(200); printf("%d", count(argument)); }
  else if (ASKED("/fetch")) print_subrequest(argument);
  else if (ASKED("/log")) { fprintf(stderr, "%s\n", argument); head(200); printf("logged"); }
  else if (ASKED("/status")) { head(atoi(argument)); printf("as asked"); }
  else if (ASKED("/late")) { pause_ms(atol(argument)); head(200); printf("%d", skerry_kv_put("", 0, "late", 4, "x", 1, NULL, 0, NULL)); }
  else if (ASKED("/sleep")) { pause_ms(atol(argument)); head(200); printf("slept"); }
  else if (ASKED("/drip")) { /* one piece each 100 ms */
    head(200);
    for (int left = atoi(argument); left > 0; left--) { printf("drip "); fflush(stdout); pause_ms(100); }
    printf("end");
  }
  else if (ASKED("/echo")) {
    static char buffer[65536];
    head(200);
    for (ssize_t length; (length = read(0, buffer, sizeof buffer)) > 0;) fwrite(buffer, 1, length, stdout);
  }
  /* What does harm. */
  else if (ASKED("/spin")) for (volatile int turn = 0;; turn++);
  else if (ASKED("/trap")) __builtin_trap();
  else if (ASKED("/exit")) exit(42);
  else if (ASKED("/hog")) {
    for (size_t size = 1 << 20;; ) { char *block = malloc(size); if (block) memset(block, 7, size); else pause_ms(50); }
  }
  else if (ASKED("/flood")) { for (;;) fprintf(stderr, "a line of a flood of lines that nobody wants to read\n"); }
  else if (ASKED("/gush")) { head(200); for (;;) puts("a line of an answer that never ends, and that somebody has to take"); }
  else if (ASKED("/hammer")) {
    static char value[1000];
    for (int key = 0;; key = (key + 1) % 1000) skerry_kv_put("h", 1, &key, sizeof key, value, sizeof value, NULL, 0, NULL);
  }
  else {
    head(200);
    printf("%s version=%s host=%s script=%s path=%s", release, variable("VERSION"),
           variable("HTTP_HOST"), variable("SCRIPT_NAME"), path);
  }
  return 0;
}
`;

let built: Promise<Module> | undefined;

/** The program, of any release: a text of four letters, by which its modules differ. */
export async function program(release = "0000"): Promise<Module> {
  const module = (await (built ??= builtOnce(encodeUtf8(source)))).slice();
  const text = encodeUtf8(mark);
  const at = module.findIndex((_, index) => text.every((byte, of) => module[index + of] === byte));
  assert.ok(at > 0 && release.length === 4);
  module.set(encodeUtf8(release), at + mark.length - 4);
  return module;
}

/** A version that can never serve. */
export interface BrokenVersion {
  readonly module: () => Promise<Module>;
  /** What its deployer is told. */
  readonly why: RegExp;
  /** Asked for before it is activated. */
  readonly health?: { readonly path: string; readonly status: number };
  readonly settings?: { readonly wallMsMax?: number; readonly cpuMsMax?: number };
}

const wat = async (text: string): Promise<Module> => {
  const assembled = await assemble(text);
  assert.ok(assembled.ok);
  return new Uint8Array(assembled.value);
};

const text = (said: string): Promise<Module> => Promise.resolve(new Uint8Array(encodeUtf8(said)));

const well = { path: "/", status: 200 };

/** Versions that are broken, each in a way of its own. */
export const brokenVersions: Readonly<Record<string, BrokenVersion>> = {
  "is no WebAssembly": { module: () => text("#!/bin/sh\necho hello\n"), why: /magic|WebAssembly/ },
  "ends too soon": { module: async () => (await program()).slice(0, 1_000), why: /./ },
  "is a component": {
    module: () => Promise.resolve(Uint8Array.of(0, 97, 115, 109, 13, 0, 1, 0)),
    why: /version|component/,
  },
  "does not validate": {
    module: () => Promise.resolve(invalid()),
    why: /./,
  },
  "has no _start": { module: () => wat(`(module (memory (export "memory") 1))`), why: /_start/ },
  "has a _start that takes a number": {
    module: () => wat(`(module (memory (export "memory") 1) (func (export "_start") (param i32)))`),
    why: /_start/,
  },
  "imports what there is not": {
    module: () =>
      wat(`(module (import "env" "system" (func)) (memory (export "memory") 1)
        (func (export "_start")))`),
    why: /env.*system|system/,
  },
  "begins with too much memory": {
    module: () => wat(`(module (memory (export "memory") 60000) (func (export "_start")))`),
    why: /memor/,
  },
  "traps when it is asked": { module: program, health: { path: "/trap", status: 200 }, why: /500/ },
  "exits when it is asked": { module: program, health: { path: "/exit", status: 200 }, why: /500/ },
  "computes for ever when it is asked": {
    module: program,
    health: { path: "/spin", status: 200 },
    settings: { wallMsMax: 300 },
    why: /504/,
  },
  "sleeps when it is asked": {
    module: program,
    health: { path: "/sleep?60000", status: 200 },
    settings: { wallMsMax: 300 },
    why: /504/,
  },
  "answers with another status": {
    module: program,
    health: { path: "/status?404", status: 200 },
    why: /404/,
  },
  "answers without end": {
    module: program,
    health: { path: "/gush", status: 200 },
    settings: { wallMsMax: 300 },
    why: /cut off|50\d/,
  },
  "says nothing": {
    module: () => wat(`(module (memory (export "memory") 1) (func (export "_start")))`),
    health: well,
    why: /50\d/,
  },
  "has a function of more locals than an engine takes": {
    module: () =>
      wat(`(module (memory (export "memory") 1) (func (export "_start")
      ${`(local ${"i64 ".repeat(50_001)})`}))`),
    why: /local/,
  },
};

/** `_start` adds what is not there. */
function invalid(): Module {
  return moduleOf([Uint8Array.of(4, 0, 0x6a, 0x1a, 0x0b)]);
}

/** A module of functions without parameters, of which the first is `_start`. */
function moduleOf(bodies: readonly Uint8Array[]): Module {
  const section = (id: number, ...parts: Uint8Array[]) => {
    const contents = concatBytes(parts);
    return concatBytes([Uint8Array.of(id), leb(contents.length), contents]);
  };
  return new Uint8Array(concatBytes([
    Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0),
    section(1, Uint8Array.of(1, 0x60, 0, 0)),
    section(3, leb(bodies.length), new Uint8Array(bodies.length)),
    section(5, Uint8Array.of(1, 0, 1)),
    section(
      7,
      Uint8Array.of(2, 6),
      encodeUtf8("_start"),
      Uint8Array.of(0, 0, 6),
      encodeUtf8("memory"),
      Uint8Array.of(2, 0),
    ),
    section(10, leb(bodies.length), ...bodies),
  ]));
}

function leb(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value;; rest >>>= 7) {
    if (rest < 128) return Uint8Array.from([...bytes, rest]);
    bytes.push(rest & 127 | 128);
  }
}
