/* CRC-32 by a table (RFC 1952, section 8), and Adler-32 (RFC 1950, section 8): one load for each byte. */
#include "kernel.h"

static u32 table[256];
static u8 data[300000];

static u32 crc32(const u8 *bytes, size_t length) {
  u32 crc = 0xffffffffu;
  for (size_t i = 0; i < length; i++) crc = table[(crc ^ bytes[i]) & 255] ^ crc >> 8;
  return ~crc;
}

static u32 adler32(const u8 *bytes, size_t length) {
  u32 low = 1, high = 0;
  while (length > 0) {
    /* So many sums fit in 32 bits before the remainder has to be taken. */
    size_t piece = length < 5552 ? length : 5552;
    for (size_t i = 0; i < piece; i++) {
      low += bytes[i];
      high += low;
    }
    low %= 65521;
    high %= 65521;
    bytes += piece;
    length -= piece;
  }
  return high << 16 | low;
}

unsigned run(void) {
  for (u32 i = 0; i < 256; i++) {
    u32 crc = i;
    for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb88320u ^ crc >> 1 : crc >> 1;
    table[i] = crc;
  }
  u32 random = 48271u, sum = 1;
  for (size_t i = 0; i < sizeof data; i++) data[i] = (u8)(next_random(&random) >> 13);
  if (crc32((const u8 *)"123456789", 9) != 0xcbf43926u) return 0;
  for (size_t round = 0; round < 18; round++) {
    sum = mix(sum, crc32(data + round, sizeof data - round));
    sum = mix(sum, adler32(data + round * 3, sizeof data - round * 3));
  }
  return sum;
}
