/*
 * What every kernel shares. A kernel is one file with one exported function, `run`: a fixed amount of work, its
 * answer folded into one number. It sets up all state that it reads, so that every call gives the same answer.
 */
#ifndef KERNEL_H
#define KERNEL_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t i32;
typedef int64_t i64;

/* A call that must stay a call. */
#define NOINLINE __attribute__((noinline))

unsigned run(void);

/* xorshift32 (G. Marsaglia, Xorshift RNGs, 2003). The state is never zero. */
static inline u32 next_random(u32 *state) {
  u32 x = *state;
  x ^= x << 13;
  x ^= x >> 17;
  x ^= x << 5;
  return *state = x;
}

/* One step of FNV-1a, by words. */
static inline u32 mix(u32 sum, u32 value) { return (sum ^ value) * 16777619u; }

/* FNV-1a of bytes, by bytes. */
static inline u32 mix_bytes(u32 sum, const u8 *bytes, size_t length) {
  for (size_t i = 0; i < length; i++) sum = mix(sum, bytes[i]);
  return sum;
}

#endif
