/* Runs a kernel natively: one line for each round, with its nanoseconds and its checksum. */
#define _POSIX_C_SOURCE 199309L
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

unsigned run(void);

static long long now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int main(int argc, char **argv) {
  int rounds = argc > 1 ? atoi(argv[1]) : 1;
  for (int round = 0; round < rounds; round++) {
    long long started = now_ns();
    unsigned checksum = run();
    printf("%lld %u\n", now_ns() - started, checksum);
  }
  return 0;
}
