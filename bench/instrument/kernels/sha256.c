/* SHA-256 (FIPS 180-4): 32-bit rotations, additions, a message schedule in memory. */
#include "kernel.h"

static const u32 constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static u32 rotate(u32 value, u32 by) { return value >> by | value << (32 - by); }

/* 6.2.2 */
static void compress(u32 state[8], const u8 *block) {
  u32 schedule[64];
  for (int i = 0; i < 16; i++, block += 4) {
    schedule[i] = (u32)block[0] << 24 | (u32)block[1] << 16 | (u32)block[2] << 8 | block[3];
  }
  for (int i = 16; i < 64; i++) {
    u32 near = schedule[i - 2], far = schedule[i - 15];
    schedule[i] = (rotate(near, 17) ^ rotate(near, 19) ^ near >> 10) + schedule[i - 7] +
                  (rotate(far, 7) ^ rotate(far, 18) ^ far >> 3) + schedule[i - 16];
  }
  u32 a = state[0], b = state[1], c = state[2], d = state[3];
  u32 e = state[4], f = state[5], g = state[6], h = state[7];
  for (int i = 0; i < 64; i++) {
    u32 first = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + constants[i] + schedule[i];
    u32 second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + first, d = c, c = b, b = a, a = first + second;
  }
  state[0] += a, state[1] += b, state[2] += c, state[3] += d;
  state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

static void sha256(u8 digest[32], const u8 *message, size_t length) {
  u32 state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  u8 last[128] = {0};
  u64 bits = (u64)length * 8;
  for (; length >= 64; length -= 64, message += 64) compress(state, message);
  size_t padded = length < 56 ? 64 : 128;
  memcpy(last, message, length);
  last[length] = 0x80;
  for (int i = 0; i < 8; i++) last[padded - 1 - (size_t)i] = (u8)(bits >> (8 * i));
  for (size_t at = 0; at < padded; at += 64) compress(state, last + at);
  for (int i = 0; i < 32; i++) digest[i] = (u8)(state[i / 4] >> (24 - i % 4 * 8));
}

static u8 message[20000];

unsigned run(void) {
  u8 digest[32];
  for (size_t i = 0; i < sizeof message; i++) message[i] = (u8)i;
  for (int round = 0; round < 220; round++) {
    sha256(digest, message, sizeof message - (size_t)round);
    memcpy(message + 32 * round, digest, 32);
  }
  return mix_bytes(1, digest, sizeof digest);
}
