/* Resampling of an image with four channels, bilinear, in fixed point: four pixels read for each one written. */
#include "kernel.h"

#define IN_WIDTH 320
#define IN_HEIGHT 240
#define OUT_WIDTH 601
#define OUT_HEIGHT 397

static u8 image[IN_HEIGHT][IN_WIDTH][4], scaled[OUT_HEIGHT][OUT_WIDTH][4];

static void resample(void) {
  u32 step_x = ((IN_WIDTH - 1) << 16) / (OUT_WIDTH - 1), step_y = ((IN_HEIGHT - 1) << 16) / (OUT_HEIGHT - 1);
  for (u32 y = 0; y < OUT_HEIGHT; y++) {
    u32 from_y = y * step_y, row = from_y >> 16, below = from_y >> 8 & 255;
    u32 next_row = row + 1 < IN_HEIGHT ? row + 1 : row;
    for (u32 x = 0; x < OUT_WIDTH; x++) {
      u32 from_x = x * step_x, column = from_x >> 16, right = from_x >> 8 & 255;
      u32 next_column = column + 1 < IN_WIDTH ? column + 1 : column;
      for (u32 channel = 0; channel < 4; channel++) {
        u32 top = image[row][column][channel] * (256 - right) + image[row][next_column][channel] * right;
        u32 bottom = image[next_row][column][channel] * (256 - right) + image[next_row][next_column][channel] * right;
        scaled[y][x][channel] = (u8)((top * (256 - below) + bottom * below + 32768) >> 16);
      }
    }
  }
}

unsigned run(void) {
  u32 random = 1664525u, sum = 1;
  for (u32 y = 0; y < IN_HEIGHT; y++) {
    for (u32 x = 0; x < IN_WIDTH; x++) {
      u32 noise = next_random(&random) >> 26;
      image[y][x][0] = (u8)(x + noise);
      image[y][x][1] = (u8)(y + noise);
      image[y][x][2] = (u8)(x * y >> 7);
      image[y][x][3] = (u8)(255 - noise);
    }
  }
  for (u32 round = 0; round < 6; round++) {
    image[round][round][round % 4] ^= 128;
    resample();
    sum = mix(sum, scaled[round * 50][round * 90][round % 4]);
  }
  return mix_bytes(sum, &scaled[0][0][0], sizeof scaled);
}
