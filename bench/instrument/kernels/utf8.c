/* UTF-8 (Unicode 16, table 3-7) to UTF-16 and back, and checks of malformed text: branches by the first byte. */
#include "kernel.h"

#define LENGTH 200000u

/* A byte that was spoilt comes back as three. */
static u8 text[LENGTH + 4], again[LENGTH + 512];
static u16 units[LENGTH + 512];

static u8 *put_utf8(u8 *out, u32 point) {
  if (point < 0x80) {
    *out++ = (u8)point;
  } else if (point < 0x800) {
    *out++ = (u8)(0xc0 | point >> 6);
    *out++ = (u8)(0x80 | (point & 63));
  } else if (point < 0x10000) {
    *out++ = (u8)(0xe0 | point >> 12);
    *out++ = (u8)(0x80 | (point >> 6 & 63));
    *out++ = (u8)(0x80 | (point & 63));
  } else {
    *out++ = (u8)(0xf0 | point >> 18);
    *out++ = (u8)(0x80 | (point >> 12 & 63));
    *out++ = (u8)(0x80 | (point >> 6 & 63));
    *out++ = (u8)(0x80 | (point & 63));
  }
  return out;
}

/* How many units; each byte that begins nothing well formed becomes U+FFFD. */
static u32 to_utf16(u16 *out, const u8 *at, const u8 *end) {
  u16 *start = out;
  while (at < end) {
    u32 point = *at++, more = 0, low = 0x80, high = 0xbf;
    if (point < 0x80) {
      *out++ = (u16)point;
      continue;
    }
    if (point >= 0xc2 && point < 0xe0) more = 1, point &= 31;
    else if (point >= 0xe0 && point < 0xf0) {
      more = 2;
      if (point == 0xe0) low = 0xa0;
      if (point == 0xed) high = 0x9f;
      point &= 15;
    } else if (point >= 0xf0 && point < 0xf5) {
      more = 3;
      if (point == 0xf0) low = 0x90;
      if (point == 0xf4) high = 0x8f;
      point &= 7;
    } else point = 0xfffd;
    for (; more > 0 && at < end && *at >= low && *at <= high; more--, low = 0x80, high = 0xbf) {
      point = point << 6 | (*at++ & 63);
    }
    if (more > 0) point = 0xfffd;
    if (point >= 0x10000) {
      *out++ = (u16)(0xd7c0 + (point >> 10));
      point = 0xdc00 | (point & 1023);
    }
    *out++ = (u16)point;
  }
  return (u32)(out - start);
}

static u32 to_utf8(u8 *out, const u16 *at, u32 count) {
  u8 *start = out;
  for (const u16 *end = at + count; at < end;) {
    u32 point = *at++;
    if (point >> 10 == 0x36) point = 0x10000 + ((point & 1023) << 10 | (*at++ & 1023));
    out = put_utf8(out, point);
  }
  return (u32)(out - start);
}

unsigned run(void) {
  static const u32 tops[] = {0x80, 0x80, 0x80, 0x800, 0xd800, 0x110000};
  u32 random = 630360016u, sum = 1;
  u8 *end = text;
  while (end < text + LENGTH) {
    u32 word = next_random(&random), top = tops[word % 6], point = (word >> 8) % top;
    end = put_utf8(end, point >= 0xd800 && point < 0xe000 ? 'x' : point);
  }
  u32 length = (u32)(end - text);
  for (u32 round = 0; round < 14; round++) {
    u32 count = to_utf16(units, text, end);
    u32 back = to_utf8(again, units, count);
    if (round == 0 && (back != length || memcmp(text, again, length) != 0)) return 0;
    sum = mix(mix(sum, count), back);
    text[next_random(&random) % length] ^= 0x41;
  }
  return mix_bytes(sum, again, 1000);
}
