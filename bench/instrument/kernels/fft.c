/* The fast Fourier transform (Cooley and Tukey, 1965), in place, in doubles: strides that double. */
#include "kernel.h"

#define BITS 13
#define SIZE (1u << BITS)

static double real[SIZE], imaginary[SIZE], cosines[SIZE / 2], sines[SIZE / 2];

/* By Taylor series for an angle up to pi: the same bits everywhere, which a library would not promise. */
static double series(double angle, double term, double from) {
  double sum = term;
  for (double n = from; n < from + 40; n += 2) {
    term = -term * angle * angle / (n * (n + 1));
    sum += term;
  }
  return sum;
}

static void transform(double sign) {
  for (u32 i = 0, reversed = 0; i < SIZE; i++) {
    if (i < reversed) {
      double swapped = real[i];
      real[i] = real[reversed], real[reversed] = swapped;
      swapped = imaginary[i];
      imaginary[i] = imaginary[reversed], imaginary[reversed] = swapped;
    }
    u32 bit = SIZE >> 1;
    for (; reversed & bit; bit >>= 1) reversed ^= bit;
    reversed |= bit;
  }
  for (u32 half = 1; half < SIZE; half *= 2) {
    u32 stride = SIZE / 2 / half;
    for (u32 start = 0; start < SIZE; start += half * 2) {
      for (u32 i = 0; i < half; i++) {
        u32 even = start + i, odd = even + half;
        double cosine = cosines[i * stride], sine = sign * sines[i * stride];
        double x = real[odd] * cosine - imaginary[odd] * sine, y = real[odd] * sine + imaginary[odd] * cosine;
        real[odd] = real[even] - x, imaginary[odd] = imaginary[even] - y;
        real[even] += x, imaginary[even] += y;
      }
    }
  }
}

unsigned run(void) {
  for (u32 i = 0; i < SIZE / 2; i++) {
    double angle = 3.14159265358979323846 * 2 * i / SIZE;
    cosines[i] = series(angle, 1, 1);
    sines[i] = series(angle, angle, 2);
  }
  u32 random = 94906249u, sum = 1;
  for (u32 i = 0; i < SIZE; i++) {
    real[i] = (double)(next_random(&random) % 2001) / 1000 - 1;
    imaginary[i] = 0;
  }
  for (u32 round = 0; round < 40; round++) {
    transform(-1);
    for (u32 i = 0; i < 64; i++) sum = mix(sum, (u32)(i32)(real[i * 100] * 1e6));
    transform(1);
    for (u32 i = 0; i < SIZE; i++) real[i] /= SIZE, imaginary[i] /= SIZE;
  }
  return sum;
}
