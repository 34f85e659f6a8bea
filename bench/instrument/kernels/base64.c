/* Base64 (RFC 4648, section 4), there and back: table look-ups and byte stores. */
#include "kernel.h"

#define LENGTH 98302u

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static u8 bytes[LENGTH], decoded[LENGTH + 2], values[256];
static char text[(LENGTH + 2) / 3 * 4];

static size_t encode(char *out, const u8 *in, size_t length) {
  char *start = out;
  for (; length >= 3; length -= 3, in += 3) {
    u32 group = (u32)in[0] << 16 | (u32)in[1] << 8 | in[2];
    *out++ = alphabet[group >> 18];
    *out++ = alphabet[group >> 12 & 63];
    *out++ = alphabet[group >> 6 & 63];
    *out++ = alphabet[group & 63];
  }
  if (length > 0) {
    u32 group = (u32)in[0] << 16 | (length == 2 ? (u32)in[1] << 8 : 0);
    *out++ = alphabet[group >> 18];
    *out++ = alphabet[group >> 12 & 63];
    *out++ = length == 2 ? alphabet[group >> 6 & 63] : '=';
    *out++ = '=';
  }
  return (size_t)(out - start);
}

/* Gives 0 where the text is not base64. */
static size_t decode(u8 *out, const char *in, size_t length) {
  u8 *start = out;
  for (size_t at = 0; at < length; at += 4) {
    u32 group = 0, padding = 0;
    for (int i = 0; i < 4; i++) {
      u8 character = (u8)in[at + i], value = values[character];
      if (character == '=' && at + 4 == length) padding++;
      else if (value == 255 || padding > 0) return 0;
      group = group << 6 | (value & 63);
    }
    *out++ = (u8)(group >> 16);
    if (padding < 2) *out++ = (u8)(group >> 8);
    if (padding < 1) *out++ = (u8)group;
  }
  return (size_t)(out - start);
}

unsigned run(void) {
  memset(values, 255, sizeof values);
  for (u32 i = 0; i < 64; i++) values[(u8)alphabet[i]] = (u8)i;
  values['='] = 0;
  u32 random = 16807u, sum = 1;
  for (u32 i = 0; i < LENGTH; i++) bytes[i] = (u8)(next_random(&random) >> 11);
  for (u32 round = 0; round < 80; round++) {
    bytes[round * 7] ^= 1;
    size_t length = LENGTH - round % 3;
    size_t encoded = encode(text, bytes, length);
    if (decode(decoded, text, encoded) != length || memcmp(bytes, decoded, length) != 0) return 0;
    sum = mix(sum, (u8)text[encoded - 1] + ((u32)text[encoded - 3] << 8) + ((u32)text[round * 9] << 16));
  }
  return mix_bytes(sum, (const u8 *)text, sizeof text);
}
