// A part of a text, not copied.
#ifndef SLICE_H
#define SLICE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct {
  const char *start;
  size_t length;
} Slice;

static inline Slice slice_from(Slice text, size_t from) {
  if (from > text.length) from = text.length;
  return (Slice){text.start + from, text.length - from};
}

static inline Slice slice_to(Slice text, size_t to) {
  return (Slice){text.start, to < text.length ? to : text.length};
}

static inline bool is_space(char byte) {
  return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static inline Slice slice_trim(Slice text) {
  while (text.length > 0 && is_space(text.start[0])) text = slice_from(text, 1);
  while (text.length > 0 && is_space(text.start[text.length - 1])) text.length--;
  return text;
}

// The byte at an index, or a zero behind the end.
static inline char slice_at(Slice text, size_t index) {
  return index < text.length ? text.start[index] : '\0';
}

// How often `byte` stands in a row from `index` on.
static inline size_t slice_run(Slice text, size_t index, char byte) {
  size_t count = 0;
  while (index + count < text.length && text.start[index + count] == byte) count++;
  return count;
}

// Cuts the first line off, without its end.
static inline Slice slice_line(Slice *text) {
  size_t end = 0;
  while (end < text->length && text->start[end] != '\n') end++;
  Slice line = slice_to(*text, end);
  *text = slice_from(*text, end + 1);
  if (line.length > 0 && line.start[line.length - 1] == '\r') line.length--;
  return line;
}

#endif
