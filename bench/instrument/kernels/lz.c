/* Compression with back references (LZ77) in the manner of LZ4: hash chains of one, byte copies that overlap. */
#include "kernel.h"

#define LENGTH 160000u
#define HASH_BITS 13

static u8 source[LENGTH], packed[LENGTH * 2], unpacked[LENGTH];
static u32 last_seen[1u << HASH_BITS]; /* position + 1 */

static u32 read_u32(const u8 *at) { return at[0] | (u32)at[1] << 8 | (u32)at[2] << 16 | (u32)at[3] << 24; }

static u32 hash(u32 word) { return word * 2654435761u >> (32 - HASH_BITS); }

/* A length of 15 or more goes on in bytes, the last of which is below 255. */
static u8 *put_length(u8 *out, u32 rest) {
  for (; rest >= 255; rest -= 255) *out++ = 255;
  *out++ = (u8)rest;
  return out;
}

static u8 *put_sequence(u8 *out, const u8 *literals, u32 count, u32 distance, u32 match) {
  u32 matched = match == 0 ? 0 : match - 4;
  *out++ = (u8)((count < 15 ? count : 15) << 4 | (matched < 15 ? matched : 15));
  if (count >= 15) out = put_length(out, count - 15);
  for (u32 i = 0; i < count; i++) *out++ = literals[i];
  if (match == 0) return out;
  *out++ = (u8)distance;
  *out++ = (u8)(distance >> 8);
  return matched >= 15 ? put_length(out, matched - 15) : out;
}

static u32 compress(u8 *out, const u8 *in, u32 length) {
  u8 *start = out;
  u32 from = 0, at = 0;
  memset(last_seen, 0, sizeof last_seen);
  while (at + 4 <= length) {
    u32 word = read_u32(in + at), slot = hash(word), before = last_seen[slot];
    last_seen[slot] = at + 1;
    if (before == 0 || at - (before - 1) > 65535 || read_u32(in + before - 1) != word) {
      at++;
      continue;
    }
    u32 earlier = before - 1, match = 4;
    while (at + match < length && in[earlier + match] == in[at + match]) match++;
    out = put_sequence(out, in + from, at - from, at - earlier, match);
    at += match;
    from = at;
  }
  return (u32)(put_sequence(out, in + from, length - from, 0, 0) - start);
}

static u32 take_length(const u8 **in, u32 length) {
  if (length < 15) return length;
  u8 more;
  do length += more = *(*in)++;
  while (more == 255);
  return length;
}

static u32 decompress(u8 *out, const u8 *in, u32 length) {
  u8 *start = out;
  for (const u8 *end = in + length;;) {
    u8 token = *in++;
    u32 count = take_length(&in, token >> 4);
    memcpy(out, in, count);
    out += count;
    in += count;
    if (in >= end) return (u32)(out - start);
    u32 distance = in[0] | (u32)in[1] << 8;
    in += 2;
    /* Byte by byte: the match may reach into what it is writing. */
    for (u32 left = take_length(&in, token & 15) + 4; left > 0; left--, out++) *out = out[-(i32)distance];
  }
}

unsigned run(void) {
  u32 random = 22695477u, sum = 1;
  for (u32 at = 0; at < LENGTH;) {
    u32 choice = next_random(&random), count = 4 + choice % 40;
    int repeats = at > 64 && choice >> 30 != 0;
    u32 from = repeats ? (choice >> 8) % (at - 60) : 0;
    for (u32 i = 0; i < count && at < LENGTH; i++, at++) {
      source[at] = repeats ? source[from + i] : (u8)(next_random(&random) >> 20);
    }
  }
  for (u32 round = 0; round < 24; round++) {
    source[round * 5001] ^= 255;
    u32 length = compress(packed, source, LENGTH);
    if (decompress(unpacked, packed, length) != LENGTH || memcmp(source, unpacked, LENGTH) != 0) return 0;
    sum = mix(sum, length);
  }
  return mix_bytes(sum, packed, 20000);
}
