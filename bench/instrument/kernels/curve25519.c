/* X25519 (RFC 7748): a field of 255 bits in five limbs, by products of 64 by 64 bits. */
#include "kernel.h"

typedef unsigned __int128 u128;
typedef u64 Field[5]; /* value: sum of limb[i] * 2^(51 i), modulo 2^255 - 19 */

static const u64 low51 = ((u64)1 << 51) - 1;

static void carry(Field out, const u128 wide[5]) {
  u128 over = 0;
  for (int i = 0; i < 5; i++) {
    u128 limb = wide[i] + over;
    out[i] = (u64)limb & low51;
    over = limb >> 51;
  }
  out[0] += (u64)over * 19;
  out[1] += out[0] >> 51;
  out[0] &= low51;
}

static void multiply(Field out, const Field a, const Field b) {
  u128 wide[5];
  for (int i = 0; i < 5; i++) {
    u128 sum = 0;
    for (int j = 0; j < 5; j++) {
      int other = i - j;
      sum += (u128)a[j] * (other >= 0 ? b[other] : b[other + 5] * 19);
    }
    wide[i] = sum;
  }
  carry(out, wide);
}

static void scale(Field out, const Field a, u64 factor) {
  u128 wide[5];
  for (int i = 0; i < 5; i++) wide[i] = (u128)a[i] * factor;
  carry(out, wide);
}

static void add(Field out, const Field a, const Field b) {
  for (int i = 0; i < 5; i++) out[i] = a[i] + b[i];
}

/* Adds 4p first, so that no limb becomes negative. */
static void subtract(Field out, const Field a, const Field b) {
  u128 wide[5];
  for (int i = 0; i < 5; i++) wide[i] = a[i] + (low51 - (i == 0 ? 18 : 0)) * 4 - b[i];
  carry(out, wide);
}

/* a^(p-2); p-2 is 2^255 - 21: all its bits but 2 and 4 are set. */
static void invert(Field out, const Field a) {
  Field result = {1};
  for (int bit = 254; bit >= 0; bit--) {
    multiply(result, result, result);
    if (bit != 2 && bit != 4) multiply(result, result, a);
  }
  memcpy(out, result, sizeof result);
}

static void conditional_swap(u64 mask, Field a, Field b) {
  for (int i = 0; i < 5; i++) {
    u64 difference = (a[i] ^ b[i]) & mask;
    a[i] ^= difference;
    b[i] ^= difference;
  }
}

static void from_bytes(Field out, const u8 bytes[32]) {
  memset(out, 0, sizeof(Field));
  for (int bit = 0; bit < 255; bit++) out[bit / 51] |= (u64)(bytes[bit / 8] >> bit % 8 & 1) << bit % 51;
}

static void to_bytes(u8 bytes[32], Field a) {
  u128 wide[5];
  for (int i = 0; i < 5; i++) wide[i] = a[i];
  carry(a, wide);
  /* Whether a + 19 reaches 2^255 says whether a is p or more. */
  u64 over = 19;
  for (int i = 0; i < 5; i++) over = (a[i] + over) >> 51;
  over *= 19;
  memset(bytes, 0, 32);
  for (int i = 0; i < 5; i++) {
    a[i] += over;
    over = a[i] >> 51;
    a[i] &= low51;
  }
  for (int bit = 0; bit < 255; bit++) bytes[bit / 8] |= (u8)((a[bit / 51] >> bit % 51 & 1) << bit % 8);
}

/* The ladder of RFC 7748, section 5. */
static void x25519(u8 out[32], const u8 scalar[32], const u8 point[32]) {
  Field x1, x2 = {1}, z2 = {0}, x3, z3 = {1}, a, b, c, d, e, aa, bb;
  from_bytes(x1, point);
  memcpy(x3, x1, sizeof x3);
  u64 swap = 0;
  for (int bit = 254; bit >= 0; bit--) {
    /* Clamped: bit 254 is set, bits 0 to 2 are not. */
    u64 set = bit == 254 ? 1 : bit < 3 ? 0 : scalar[bit / 8] >> bit % 8 & 1;
    conditional_swap(0 - (swap ^ set), x2, x3);
    conditional_swap(0 - (swap ^ set), z2, z3);
    swap = set;
    add(a, x2, z2);
    subtract(b, x2, z2);
    add(c, x3, z3);
    subtract(d, x3, z3);
    multiply(d, d, a);
    multiply(c, c, b);
    multiply(aa, a, a);
    multiply(bb, b, b);
    subtract(e, aa, bb);
    add(x3, d, c);
    multiply(x3, x3, x3);
    subtract(z3, d, c);
    multiply(z3, z3, z3);
    multiply(z3, z3, x1);
    multiply(x2, aa, bb);
    scale(z2, e, 121665);
    add(z2, z2, aa);
    multiply(z2, z2, e);
  }
  invert(z2, z2);
  multiply(x2, x2, z2);
  to_bytes(out, x2);
}

/* The iterated test of RFC 7748, 5.2, which begins with 9 as the scalar and the point. */
unsigned run(void) {
  u8 scalar[32] = {9}, point[32] = {9}, result[32];
  for (int round = 0; round < 30; round++) {
    x25519(result, scalar, point);
    memcpy(point, scalar, 32);
    memcpy(scalar, result, 32);
  }
  return mix_bytes(1, scalar, 32);
}
