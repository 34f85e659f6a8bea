/* The Mandelbrot set: an inner loop of doubles in locals, without memory. */
#include "kernel.h"

#define SIZE 320
#define ITERATIONS 200

static u32 escape_time(double x, double y) {
  double real = 0, imaginary = 0;
  u32 iteration = 0;
  for (; iteration < ITERATIONS; iteration++) {
    double real_square = real * real, imaginary_square = imaginary * imaginary;
    if (real_square + imaginary_square > 4) break;
    imaginary = 2 * real * imaginary + y;
    real = real_square - imaginary_square + x;
  }
  return iteration;
}

unsigned run(void) {
  u32 sum = 1;
  for (int row = 0; row < SIZE; row++) {
    for (int column = 0; column < SIZE; column++) {
      sum = mix(sum, escape_time(column * 3.0 / SIZE - 2.2, row * 2.4 / SIZE - 1.2));
    }
  }
  return sum;
}
