#include "buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void reserve(Buffer *buffer, size_t more) {
  if (buffer->length + more <= buffer->capacity) return;
  size_t capacity = buffer->capacity == 0 ? 1024 : buffer->capacity;
  while (capacity < buffer->length + more) capacity *= 2;
  char *bytes = realloc(buffer->bytes, capacity);
  if (bytes == NULL) {
    fputs("out of memory\n", stderr);
    exit(1);
  }
  buffer->bytes = bytes;
  buffer->capacity = capacity;
}

void buffer_add(Buffer *buffer, const char *bytes, size_t length) {
  if (length == 0) return;
  reserve(buffer, length);
  memcpy(buffer->bytes + buffer->length, bytes, length);
  buffer->length += length;
}

void buffer_text(Buffer *buffer, const char *text) { buffer_add(buffer, text, strlen(text)); }

void buffer_escaped(Buffer *buffer, const char *bytes, size_t length) {
  for (size_t index = 0; index < length; index++) {
    switch (bytes[index]) {
      case '&': buffer_text(buffer, "&amp;"); break;
      case '<': buffer_text(buffer, "&lt;"); break;
      case '>': buffer_text(buffer, "&gt;"); break;
      case '"': buffer_text(buffer, "&quot;"); break;
      case '\'': buffer_text(buffer, "&#39;"); break;
      case '\0': buffer_text(buffer, "\xef\xbf\xbd"); break;
      default: buffer_add(buffer, &bytes[index], 1);
    }
  }
}

void buffer_free(Buffer *buffer) {
  free(buffer->bytes);
  *buffer = (Buffer){0};
}
