// A guest that does, on demand, what guests should not do. It shows what a sandbox must withstand: every
// path below harms this one request and nothing else.

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

// Without `volatile` the compiler may reason that a trap cannot happen, and leave it out.
static volatile int zero = 0;
static volatile uint32_t sink;
static int requests_in_data = 0;
static volatile unsigned char requests_in_bss[65536];

static void plain_head(void) {
  printf("Status: 200 OK\nContent-Type: text/plain; charset=utf-8\n\n");
}

static long query_number(const char *name, long fallback) {
  const char *query = getenv("QUERY_STRING");
  if (query == NULL) return fallback;
  const size_t length = strlen(name);
  for (const char *at = query; at != NULL; at = strchr(at, '&')) {
    if (*at == '&') at++;
    if (strncmp(at, name, length) == 0 && at[length] == '=') return atol(at + length + 1);
  }
  return fallback;
}

// Counts in initialised data, in zeroed data, and in a file: the first two must be 1 in every request.
static void count(void) {
  const char *path = "/tmp/count";
  int in_file = 0;
  FILE *file = fopen(path, "r");
  if (file != NULL) {
    if (fscanf(file, "%d", &in_file) != 1) in_file = -1;
    fclose(file);
  }
  requests_in_data++;
  requests_in_bss[40000]++;
  in_file++;
  plain_head();
  printf("data: %d\nbss: %d\n", requests_in_data, requests_in_bss[40000]);
  file = fopen(path, "w");
  if (file == NULL) {
    printf("file: none (%s)\n", strerror(errno));
    return;
  }
  fprintf(file, "%d", in_file);
  fclose(file);
  printf("file: %d\n", in_file);
}

__attribute__((noinline)) static uint32_t descend(uint32_t depth) {
  volatile uint32_t here = depth;
  if (depth == 0) return 0;
  return descend(depth - 1) + here % 3;
}

__attribute__((noinline)) static uint32_t descend_forever(uint32_t depth) {
  volatile uint32_t here = depth;
  if (zero != 0) return 0;  // never, but the compiler must believe that there is an end
  return descend_forever(depth + 1) + here;
}

static void deep(void) {
  const long depth = query_number("depth", 5000);
  plain_head();
  printf("depth %ld: %u\n", depth, (unsigned)descend((uint32_t)depth));
}

static void out_of_bounds(void) {
  // The last bytes of the address space: no memory is 4 GiB large.
  volatile uint32_t *volatile beyond = (volatile uint32_t *)(uintptr_t)0xfffffff0u;
  sink = *beyond;
}

static void divide_by_zero(void) {
  // C says that anything may happen; WebAssembly says that the division traps. Both numbers are volatile,
  // so that the division is made.
  volatile int dividend = 7;
  sink = (uint32_t)(dividend / zero);
}

static void half(void) {
  static char buffer[4096];
  setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
  printf("Status: 200 OK\nContent-Type: text/plain\nContent-Length: 100\n\nhalf of the answ");
  // All of it is still in the buffer: the host sees nothing.
  __builtin_trap();
}

static void sleep_ms(long ms) {
  const struct timespec wait = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
  nanosleep(&wait, NULL);
}

static void half_flushed(void) {
  printf("Status: 200 OK\nContent-Type: text/plain\n\nhalf of the answ");
  fflush(stdout);
  sleep_ms(50);
  __builtin_trap();
}

static void big(void) {
  static char block[65536];
  const long mib = query_number("mib", 10);
  printf("Status: 200 OK\nContent-Type: application/octet-stream\n\n");
  memset(block, 'x', sizeof block);
  for (long index = 0; index < mib * 16; index++) {
    if (fwrite(block, 1, sizeof block, stdout) != sizeof block) exit(1);
  }
}

static void echo(void) {
  static char block[16384];
  const char *type = getenv("CONTENT_TYPE");
  printf("Status: 200 OK\nContent-Type: %s\n\n", type != NULL ? type : "application/octet-stream");
  fflush(stdout);
  ssize_t got;
  while ((got = read(0, block, sizeof block)) > 0) {
    for (ssize_t put = 0; put < got;) {
      const ssize_t wrote = write(1, block + put, (size_t)(got - put));
      if (wrote < 0) exit(1);
      put += wrote;
    }
  }
}

static void dump_environment(void) {
  extern char **environ;
  plain_head();
  for (char **entry = environ; *entry != NULL; entry++) puts(*entry);
}

static void log_lines(void) {
  for (int line = 1; line <= 3; line++) fprintf(stderr, "line %d of 3\n", line);
  fprintf(stderr, "and a last one without an end");
  plain_head();
  puts("logged");
}

static void grow(void) {
  const size_t block = 1 << 20;
  size_t blocks = 0;
  for (char *memory; blocks < 8192 && (memory = malloc(block)) != NULL; blocks++) {
    // Touch it, or the compiler would leave the allocation out.
    *(volatile char *)memory = 1;
  }
  plain_head();
  printf("allocated %zu MiB before malloc failed\n", blocks);
}

static void spin(void) {
  for (;;) sink++;
}

static void no_header(void) { puts("this is no header, and nothing follows"); }

static void exit_3(void) { exit(3); }

static void sleep_on_demand(void) {
  const long ms = query_number("ms", 1000);
  sleep_ms(ms);
  plain_head();
  printf("slept %ld ms\n", ms);
}

static void endless_recursion(void) { sink = descend_forever(0); }

static const struct {
  const char *path;
  void (*run)(void);
  const char *what;
} paths[] = {
    {"/count", count, "counts in memory and in /tmp/count, and shows what it found"},
    {"/deep", deep, "recursion that ends (?depth=5000)"},
    {"/endless-recursion", endless_recursion, "recursion that does not"},
    {"/spin", spin, "a loop that does not end either"},
    {"/out-of-bounds", out_of_bounds, "reads beyond its memory"},
    {"/divide-by-zero", divide_by_zero, "divides by zero"},
    {"/abort", abort, "calls abort"},
    {"/half", half, "prints half a response into its buffer, then traps"},
    {"/half-flushed", half_flushed, "sends half a response, waits 50 ms, then traps"},
    {"/exit-3", exit_3, "exits with 3 and no response"},
    {"/no-header", no_header, "answers without a header"},
    {"/big", big, "streams 10 MiB (?mib=10)"},
    {"/echo", echo, "streams the request's body back"},
    {"/env", dump_environment, "shows its environment"},
    {"/sleep", sleep_on_demand, "sleeps (?ms=1000)"},
    {"/stderr", log_lines, "writes to the log"},
    {"/grow", grow, "allocates until it gets no more"},
};

int main(void) {
  const char *path = getenv("PATH_INFO");
  const size_t length = sizeof paths / sizeof paths[0];
  for (size_t index = 0; index < length; index++) {
    if (path != NULL && strcmp(path, paths[index].path) == 0) {
      paths[index].run();
      return 0;
    }
  }
  printf("Status: %s\nContent-Type: text/plain; charset=utf-8\n\n",
         path == NULL || strcmp(path, "/") == 0 ? "200 OK" : "404 Not Found");
  for (size_t index = 0; index < length; index++) {
    printf("%-20s %s\n", paths[index].path, paths[index].what);
  }
  return 0;
}
