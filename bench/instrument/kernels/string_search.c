/* Search for strings: naive, and Boyer-Moore-Horspool (R. N. Horspool, 1980). Short loops over bytes. */
#include "kernel.h"

#define LENGTH 400000

static u8 text[LENGTH];

static i32 naive(const u8 *in, i32 length, const u8 *what, i32 what_length) {
  for (i32 at = 0; at + what_length <= length; at++) {
    i32 same = 0;
    while (same < what_length && in[at + same] == what[same]) same++;
    if (same == what_length) return at;
  }
  return -1;
}

static i32 horspool(const u8 *in, i32 length, const u8 *what, i32 what_length) {
  i32 shift[256];
  for (int i = 0; i < 256; i++) shift[i] = what_length;
  for (i32 i = 0; i + 1 < what_length; i++) shift[what[i]] = what_length - 1 - i;
  for (i32 at = 0; at + what_length <= length; at += shift[in[at + what_length - 1]]) {
    i32 left = what_length;
    while (left > 0 && in[at + left - 1] == what[left - 1]) left--;
    if (left == 0) return at;
  }
  return -1;
}

/* Words of a small vocabulary, so that prefixes match often. */
static void write_text(void) {
  static const char syllables[] = "skerryreefislewavetideswellshoalcoveatollbaycapesand";
  u32 random = 69069u;
  for (i32 at = 0; at < LENGTH;) {
    u32 from = next_random(&random) % (sizeof syllables - 8), count = 3 + next_random(&random) % 5;
    for (u32 i = 0; i < count && at < LENGTH; i++) text[at++] = (u8)syllables[from + i];
    if (at < LENGTH && next_random(&random) % 3 == 0) text[at++] = ' ';
  }
}

unsigned run(void) {
  write_text();
  u32 sum = 1, random = 40692u;
  for (u32 round = 0; round < 36; round++) {
    u8 pattern[24];
    i32 length = (i32)(5 + round % 20), from = (i32)(next_random(&random) % (LENGTH - 24));
    memcpy(pattern, text + from, (size_t)length);
    if (round % 3 == 0) pattern[length - 1] = 'z';
    i32 slow = naive(text, LENGTH, pattern, length), fast = horspool(text, LENGTH, pattern, length);
    if (slow != fast) return 0;
    sum = mix(sum, (u32)slow);
  }
  return sum;
}
