// A string that grows.
#ifndef BUFFER_H
#define BUFFER_H

#include <stddef.h>

typedef struct {
  char *bytes;
  size_t length;
  size_t capacity;
} Buffer;

void buffer_add(Buffer *buffer, const char *bytes, size_t length);
void buffer_text(Buffer *buffer, const char *text);
// Adds text with the characters escaped that mean something in HTML.
void buffer_escaped(Buffer *buffer, const char *bytes, size_t length);
void buffer_free(Buffer *buffer);

#endif
