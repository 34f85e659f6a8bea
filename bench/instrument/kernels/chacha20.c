/* ChaCha20 (RFC 8439, 2.3 and 2.4) over a buffer: straight-line 32-bit arithmetic in locals. */
#include "kernel.h"

static u32 rotate(u32 value, u32 by) { return value << by | value >> (32 - by); }

#define QUARTER(a, b, c, d)                                                                                    \
  a += b, d = rotate(d ^ a, 16), c += d, b = rotate(b ^ c, 12);                                                \
  a += b, d = rotate(d ^ a, 8), c += d, b = rotate(b ^ c, 7)

static void block(u32 out[16], const u32 in[16]) {
  u32 x[16];
  memcpy(x, in, sizeof x);
  for (int i = 0; i < 10; i++) {
    QUARTER(x[0], x[4], x[8], x[12]);
    QUARTER(x[1], x[5], x[9], x[13]);
    QUARTER(x[2], x[6], x[10], x[14]);
    QUARTER(x[3], x[7], x[11], x[15]);
    QUARTER(x[0], x[5], x[10], x[15]);
    QUARTER(x[1], x[6], x[11], x[12]);
    QUARTER(x[2], x[7], x[8], x[13]);
    QUARTER(x[3], x[4], x[9], x[14]);
  }
  for (int i = 0; i < 16; i++) out[i] = x[i] + in[i];
}

static void encrypt(u8 *data, size_t length, const u32 key[8], const u32 nonce[3]) {
  u32 state[16] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
  memcpy(state + 4, key, 32);
  memcpy(state + 13, nonce, 12);
  for (size_t at = 0; at < length; at += 64, state[12]++) {
    u32 stream[16];
    u8 bytes[64];
    block(stream, state);
    memcpy(bytes, stream, 64);
    size_t piece = length - at < 64 ? length - at : 64;
    for (size_t i = 0; i < piece; i++) data[at + i] ^= bytes[i];
  }
}

static u8 data[200001];

unsigned run(void) {
  u32 key[8] = {1, 2, 3, 5, 8, 13, 21, 34}, nonce[3] = {0, 0x4a000000, 0};
  memset(data, 7, sizeof data);
  for (u32 round = 0; round < 30; round++) {
    nonce[0] = round;
    encrypt(data, sizeof data, key, nonce);
    memcpy(key, data + round * 32, 32);
  }
  return mix_bytes(1, data, sizeof data);
}
