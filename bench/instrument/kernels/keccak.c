/* SHA3-256 (FIPS 202) of a message, many times over: 64-bit rotations and bitwise logic on 25 lanes. */
#include "kernel.h"

#define RATE 136

static const u64 round_constants[24] = {
    0x0000000000000001u, 0x0000000000008082u, 0x800000000000808au, 0x8000000080008000u, 0x000000000000808bu,
    0x0000000080000001u, 0x8000000080008081u, 0x8000000000008009u, 0x000000000000008au, 0x0000000000000088u,
    0x0000000080008009u, 0x000000008000000au, 0x000000008000808bu, 0x800000000000008bu, 0x8000000000008089u,
    0x8000000000008003u, 0x8000000000008002u, 0x8000000000000080u, 0x000000000000800au, 0x800000008000000au,
    0x8000000080008081u, 0x8000000000008080u, 0x0000000080000001u, 0x8000000080008008u};

static u64 rotate(u64 value, u32 by) { return value << by | value >> (64 - by); }

/* FIPS 202, 3.3: KECCAK-p[1600, 24]. Lane (x, y) is at x + 5y. */
static void permute(u64 lanes[25]) {
  for (int round = 0; round < 24; round++) {
    u64 parity[5], moved[25];
    for (int x = 0; x < 5; x++) {
      parity[x] = lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20];
    }
    for (int x = 0; x < 5; x++) {
      u64 theta = parity[(x + 4) % 5] ^ rotate(parity[(x + 1) % 5], 1);
      for (int y = 0; y < 25; y += 5) lanes[x + y] ^= theta;
    }
    /* rho and pi: 3.2.2, 3.2.3 */
    moved[0] = lanes[0];
    for (u32 step = 0, x = 1, y = 0; step < 24; step++) {
      u32 offset = (step + 1) * (step + 2) / 2 % 64, next = (2 * x + 3 * y) % 5;
      moved[y + 5 * next] = rotate(lanes[x + 5 * y], offset);
      x = y;
      y = next;
    }
    for (int y = 0; y < 25; y += 5) {
      for (int x = 0; x < 5; x++) lanes[x + y] = moved[x + y] ^ (~moved[(x + 1) % 5 + y] & moved[(x + 2) % 5 + y]);
    }
    lanes[0] ^= round_constants[round];
  }
}

static void absorb(u64 lanes[25], const u8 *block) {
  for (int i = 0; i < RATE / 8; i++) {
    u64 lane = 0;
    for (int byte = 7; byte >= 0; byte--) lane = lane << 8 | block[i * 8 + byte];
    lanes[i] ^= lane;
  }
  permute(lanes);
}

static void sha3_256(u8 digest[32], const u8 *message, size_t length) {
  u64 lanes[25] = {0};
  u8 last[RATE] = {0};
  for (; length >= RATE; length -= RATE, message += RATE) absorb(lanes, message);
  memcpy(last, message, length);
  last[length] = 0x06;
  last[RATE - 1] |= 0x80;
  absorb(lanes, last);
  for (int i = 0; i < 32; i++) digest[i] = (u8)(lanes[i / 8] >> (i % 8 * 8));
}

static u8 message[10000];

unsigned run(void) {
  u8 digest[32];
  for (size_t i = 0; i < sizeof message; i++) message[i] = (u8)i;
  for (int round = 0; round < 70; round++) {
    sha3_256(digest, message, sizeof message - (size_t)round);
    memcpy(message + 32 * round, digest, 32);
  }
  return mix_bytes(1, digest, sizeof digest);
}
