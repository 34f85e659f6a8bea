/* The sieve of Eratosthenes over bytes: nothing but strided stores. */
#include "kernel.h"

#define LIMIT 4000000u

static u8 composite[LIMIT];

static u32 count_primes(u32 limit) {
  memset(composite, 0, limit);
  for (u32 prime = 2; prime * prime < limit; prime++) {
    if (composite[prime]) continue;
    for (u32 multiple = prime * prime; multiple < limit; multiple += prime) composite[multiple] = 1;
  }
  u32 count = 0;
  for (u32 i = 2; i < limit; i++) count += !composite[i];
  return count;
}

unsigned run(void) {
  u32 sum = 1;
  for (u32 limit = LIMIT; limit > 100; limit -= limit / 3) sum = mix(sum, count_primes(limit));
  return sum;
}
