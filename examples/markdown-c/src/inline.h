// What stands inside a line: emphasis, code, links, images, escapes, breaks.
#ifndef INLINE_H
#define INLINE_H

#include "buffer.h"
#include "slice.h"

void render_inline(Buffer *out, Slice text);

#endif
