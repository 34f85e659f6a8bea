/* Matrix product and LU factors with partial pivoting, in doubles: nested counted loops. */
#include "kernel.h"

#define SIZE 200

static double a[SIZE][SIZE], b[SIZE][SIZE], product[SIZE][SIZE];

static void multiply(void) {
  for (int row = 0; row < SIZE; row++) {
    for (int column = 0; column < SIZE; column++) product[row][column] = 0;
    for (int inner = 0; inner < SIZE; inner++) {
      double factor = a[row][inner];
      for (int column = 0; column < SIZE; column++) product[row][column] += factor * b[inner][column];
    }
  }
}

/* In place (Golub and Van Loan, Matrix Computations, 3.4); gives the determinant. */
static double factorise(double matrix[SIZE][SIZE]) {
  double determinant = 1;
  for (int step = 0; step < SIZE; step++) {
    int pivot = step;
    for (int row = step + 1; row < SIZE; row++) {
      if (__builtin_fabs(matrix[row][step]) > __builtin_fabs(matrix[pivot][step])) pivot = row;
    }
    if (pivot != step) {
      for (int column = 0; column < SIZE; column++) {
        double swapped = matrix[step][column];
        matrix[step][column] = matrix[pivot][column];
        matrix[pivot][column] = swapped;
      }
      determinant = -determinant;
    }
    determinant *= matrix[step][step] / 64;
    for (int row = step + 1; row < SIZE; row++) {
      double factor = matrix[row][step] /= matrix[step][step];
      for (int column = step + 1; column < SIZE; column++) {
        matrix[row][column] -= factor * matrix[step][column];
      }
    }
  }
  return determinant;
}

unsigned run(void) {
  u32 random = 123456789u;
  for (int row = 0; row < SIZE; row++) {
    for (int column = 0; column < SIZE; column++) {
      a[row][column] = (double)(next_random(&random) % 2001) / 1000 - 1;
      b[row][column] = (double)(next_random(&random) % 2001) / 1000 - 1;
    }
  }
  u32 sum = 1;
  for (int round = 0; round < 5; round++) {
    multiply();
    for (int i = 0; i < SIZE; i++) sum = mix(sum, (u32)(i32)(product[i][SIZE - 1 - i] * 1e6));
    double determinant = factorise(product);
    u64 bits;
    memcpy(&bits, &determinant, sizeof bits);
    sum = mix(mix(sum, (u32)bits), (u32)(bits >> 32));
    a[0][0] += 1;
  }
  return sum;
}
