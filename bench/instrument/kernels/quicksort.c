/* Quicksort (C. A. R. Hoare, 1961) of integers, short runs by insertion: recursion, unpredictable branches. */
#include "kernel.h"

#define COUNT 200000

static i32 values[COUNT];

static void insertion_sort(i32 *from, i32 *to) {
  for (i32 *at = from + 1; at <= to; at++) {
    i32 value = *at;
    i32 *hole = at;
    for (; hole > from && hole[-1] > value; hole--) *hole = hole[-1];
    *hole = value;
  }
}

static i32 middle_of_three(i32 a, i32 b, i32 c) {
  if (a < b) return b < c ? b : (a < c ? c : a);
  return a < c ? a : (b < c ? c : b);
}

/* Both ends are inclusive. */
static void quicksort(i32 *from, i32 *to) {
  while (to - from > 16) {
    i32 pivot = middle_of_three(*from, from[(to - from) / 2], *to);
    i32 *left = from - 1, *right = to + 1;
    for (;;) {
      do left++;
      while (*left < pivot);
      do right--;
      while (*right > pivot);
      if (left >= right) break;
      i32 swapped = *left;
      *left = *right;
      *right = swapped;
    }
    /* The shorter side by recursion, so that the depth is logarithmic. */
    if (right - from < to - right) {
      quicksort(from, right);
      from = right + 1;
    } else {
      quicksort(right + 1, to);
      to = right;
    }
  }
  insertion_sort(from, to);
}

unsigned run(void) {
  u32 random = 2463534242u;
  for (int i = 0; i < COUNT; i++) values[i] = (i32)next_random(&random);
  quicksort(values, values + COUNT - 1);
  u32 sum = 1;
  for (int i = 0; i < COUNT; i++) {
    if (i > 0 && values[i - 1] > values[i]) return 0;
    sum = mix(sum, (u32)values[i]);
  }
  return sum;
}
