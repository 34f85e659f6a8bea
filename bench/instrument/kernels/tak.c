/* Takeuchi's function (I. Takeuchi, 1978) and Ackermann's: deep recursion with several arguments. */
#include "kernel.h"

static NOINLINE i32 tak(i32 x, i32 y, i32 z) {
  return y >= x ? z : tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y));
}

static NOINLINE u32 ackermann(u32 m, u32 n) {
  if (m == 0) return n + 1;
  return ackermann(m - 1, n == 0 ? 1 : ackermann(m, n - 1));
}

unsigned run(void) {
  u32 sum = 1;
  for (i32 i = 0; i < 3; i++) sum = mix(sum, (u32)tak(20 + i, 13, 6));
  return mix(sum, ackermann(3, 9));
}
