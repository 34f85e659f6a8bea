/* Placing queens by backtracking, with bit sets and with an array: recursion around short loops. */
#include "kernel.h"

/* A set bit is an attacked column of the next row. */
static NOINLINE u32 count_by_bits(u32 all, u32 columns, u32 left, u32 right) {
  if (columns == all) return 1;
  u32 count = 0;
  for (u32 free = all & ~(columns | left | right); free != 0; free &= free - 1) {
    u32 queen = free & (0 - free);
    count += count_by_bits(all, columns | queen, (left | queen) << 1, (right | queen) >> 1);
  }
  return count;
}

static u8 column_of[16];

static NOINLINE u32 count_by_array(u32 size, u32 row) {
  if (row == size) return 1;
  u32 count = 0;
  for (u32 column = 0; column < size; column++) {
    u32 above = 0;
    for (; above < row; above++) {
      u32 distance = row - above, other = column_of[above];
      if (other == column || other + distance == column || column + distance == other) break;
    }
    if (above < row) continue;
    column_of[row] = (u8)column;
    count += count_by_array(size, row + 1);
  }
  return count;
}

unsigned run(void) {
  u32 sum = mix(mix(1, count_by_bits((1u << 12) - 1, 0, 0, 0)), count_by_array(10, 0));
  return mix(sum, count_by_bits((1u << 12) - 1, 0, 0, 0));
}
