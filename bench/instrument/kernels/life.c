/* Conway's Game of Life on a torus of bytes: nine loads for each store. */
#include "kernel.h"

#define WIDTH 256
#define HEIGHT 192

static u8 boards[2][HEIGHT][WIDTH];

static void step(u8 (*next)[WIDTH], u8 (*now)[WIDTH]) {
  for (u32 y = 0; y < HEIGHT; y++) {
    const u8 *above = now[y == 0 ? HEIGHT - 1 : y - 1], *here = now[y], *below = now[y + 1 == HEIGHT ? 0 : y + 1];
    for (u32 x = 0; x < WIDTH; x++) {
      u32 left = (x - 1) % WIDTH, right = (x + 1) % WIDTH;
      u32 neighbours = (u32)above[left] + above[x] + above[right] + here[left] + here[right] + below[left] +
                       below[x] + below[right];
      next[y][x] = neighbours == 3 || (neighbours == 2 && here[x]);
    }
  }
}

unsigned run(void) {
  u32 random = 742938285u;
  for (u32 y = 0; y < HEIGHT; y++) {
    for (u32 x = 0; x < WIDTH; x++) boards[0][y][x] = next_random(&random) >> 30 == 0;
  }
  for (u32 round = 0; round < 60; round++) {
    step(boards[1], boards[0]);
    step(boards[0], boards[1]);
  }
  return mix_bytes(1, &boards[0][0][0], sizeof boards[0]);
}
