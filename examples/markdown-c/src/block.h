// What stands in lines of its own: headings, paragraphs, lists, quotes, code, rules.
#ifndef BLOCK_H
#define BLOCK_H

#include "buffer.h"
#include "slice.h"

void render_markdown(Buffer *out, Slice text);

#endif
