/* Strings that grow by doubling, join, split and are replaced in: copies of blocks of many sizes. */
#include "kernel.h"

typedef struct {
  char *text;
  u32 length, room;
} Builder;

static char arena[3000000];
static u32 used;

static char *allocate(u32 size) {
  char *block = arena + used;
  used += (size + 15) & ~15u;
  return block;
}

static void append(Builder *builder, const char *text, u32 length) {
  if (builder->length + length > builder->room) {
    u32 room = builder->room < 16 ? 16 : builder->room;
    while (room < builder->length + length) room *= 2;
    char *moved = allocate(room);
    memcpy(moved, builder->text, builder->length);
    builder->text = moved;
    builder->room = room;
  }
  memcpy(builder->text + builder->length, text, length);
  builder->length += length;
}

static void append_number(Builder *builder, u32 number) {
  char digits[10];
  u32 at = 10;
  do digits[--at] = (char)('0' + number % 10);
  while ((number /= 10) > 0);
  append(builder, digits + at, 10 - at);
}

/* Replaces each `what` by a word. */
static Builder replace(const Builder *in, char what, const char *word, u32 word_length) {
  Builder out = {arena, 0, 0};
  u32 from = 0;
  for (u32 at = 0; at <= in->length; at++) {
    if (at < in->length && in->text[at] != what) continue;
    append(&out, in->text + from, at - from);
    if (at < in->length) append(&out, word, word_length);
    from = at + 1;
  }
  return out;
}

unsigned run(void) {
  static const char words[] = "the tide of a skerry rises and falls without anyone who sees it";
  u32 random = 1597334677u, sum = 1;
  for (u32 round = 0; round < 12; round++) {
    used = 0;
    Builder lines = {arena, 0, 0};
    for (u32 i = 0; i < 9000; i++) {
      Builder line = {arena, 0, 0};
      u32 mark = used, from = next_random(&random) % 40;
      append_number(&line, i);
      append(&line, ": ", 2);
      append(&line, words + from, random >> 8 & 15);
      append(&line, ";", 1);
      /* The line's block is below what `lines` may take for itself; what it held is copied out first. */
      char copy[64];
      u32 length = line.length;
      memcpy(copy, line.text, length);
      used = mark;
      append(&lines, copy, length);
    }
    Builder spaced = replace(&lines, ';', "</li>\n", 6);
    Builder marked = replace(&spaced, ' ', "&nbsp;", 6);
    sum = mix_bytes(mix(sum, marked.length), (const u8 *)marked.text + marked.length / 2, 20000);
  }
  return sum;
}
