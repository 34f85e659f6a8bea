/* Determinants modulo a prime by Gaussian elimination: 64-bit multiplication and remainder. */
#include "kernel.h"

#define SIZE 110
#define PRIME 998244353u

static u32 matrix[SIZE][SIZE];

static u32 multiply(u32 a, u32 b) { return (u32)((u64)a * b % PRIME); }

/* By Fermat's little theorem. */
static u32 inverse(u32 value) {
  u32 result = 1;
  for (u32 exponent = PRIME - 2; exponent > 0; exponent >>= 1) {
    if (exponent & 1) result = multiply(result, value);
    value = multiply(value, value);
  }
  return result;
}

static void swap_rows(int a, int b) {
  for (int column = 0; column < SIZE; column++) {
    u32 swapped = matrix[a][column];
    matrix[a][column] = matrix[b][column];
    matrix[b][column] = swapped;
  }
}

static u32 determinant(void) {
  u32 result = 1;
  for (int step = 0; step < SIZE; step++) {
    int pivot = step;
    while (pivot < SIZE && matrix[pivot][step] == 0) pivot++;
    if (pivot == SIZE) return 0;
    if (pivot != step) {
      swap_rows(pivot, step);
      result = PRIME - result;
    }
    result = multiply(result, matrix[step][step]);
    u32 reciprocal = inverse(matrix[step][step]);
    for (int row = step + 1; row < SIZE; row++) {
      u32 factor = PRIME - multiply(matrix[row][step], reciprocal);
      for (int column = step; column < SIZE; column++) {
        matrix[row][column] = (u32)((matrix[row][column] + (u64)factor * matrix[step][column]) % PRIME);
      }
    }
  }
  return result;
}

unsigned run(void) {
  u32 random = 2718281829u, sum = 1;
  for (int round = 0; round < 30; round++) {
    for (int row = 0; row < SIZE; row++) {
      for (int column = 0; column < SIZE; column++) matrix[row][column] = next_random(&random) % PRIME;
    }
    /* A row without its first entry makes the pivot search matter. */
    matrix[0][0] = 0;
    sum = mix(sum, determinant());
  }
  return sum;
}
