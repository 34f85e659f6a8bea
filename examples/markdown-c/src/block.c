#include "block.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "inline.h"

// Quotes and lists nest, and text comes from anyone: deeper than this they are paragraphs.
enum { depth_max = 12 };

typedef struct {
  bool ordered;
  char mark;
  unsigned long number;
  size_t content;  // where the item's text begins in its line
} ListMark;

static void render_blocks(Buffer *out, Slice text, int depth, bool tight);

static size_t indent_of(Slice line) {
  size_t indent = 0;
  while (slice_at(line, indent) == ' ') indent++;
  return indent;
}

static bool is_blank(Slice line) { return slice_trim(line).length == 0; }

// 1 to 6 for `# …`, else 0.
static size_t heading_level(Slice line) {
  const size_t indent = indent_of(line);
  const size_t level = slice_run(line, indent, '#');
  const char next = slice_at(line, indent + level);
  return indent < 4 && level >= 1 && level <= 6 && (next == ' ' || next == '\0') ? level : 0;
}

// `---`, `***` or `___`, spaces between allowed.
static bool is_rule(Slice line) {
  line = slice_trim(line);
  const char mark = slice_at(line, 0);
  if (mark != '-' && mark != '*' && mark != '_') return false;
  size_t marks = 0;
  for (size_t index = 0; index < line.length; index++) {
    if (line.start[index] == mark) marks++;
    else if (line.start[index] != ' ') return false;
  }
  return marks >= 3;
}

// The length of a fence of backticks or tildes, 0 where the line is none.
static size_t fence_length(Slice line, char *mark) {
  const size_t indent = indent_of(line);
  *mark = slice_at(line, indent);
  if (indent > 3 || (*mark != '`' && *mark != '~')) return 0;
  const size_t length = slice_run(line, indent, *mark);
  return length >= 3 ? length : 0;
}

static bool is_quote(Slice line) {
  const size_t indent = indent_of(line);
  return indent < 4 && slice_at(line, indent) == '>';
}

static bool list_mark(Slice line, ListMark *found) {
  const size_t indent = indent_of(line);
  if (indent > 3 || is_rule(line)) return false;
  size_t at = indent;
  *found = (ListMark){0};
  while (isdigit((unsigned char)slice_at(line, at)) && at - indent < 9) {
    found->number = found->number * 10 + (unsigned long)(line.start[at++] - '0');
  }
  found->ordered = at > indent;
  found->mark = slice_at(line, at);
  const bool sound = found->ordered ? found->mark == '.' || found->mark == ')'
                                    : found->mark != '\0' && strchr("-*+", found->mark) != NULL;
  const char next = slice_at(line, at + 1);
  if (!sound || (next != ' ' && next != '\0')) return false;
  const size_t spaces = slice_run(line, at + 1, ' ');
  found->content = at + 1 + (spaces >= 1 && spaces <= 4 ? spaces : 1);
  return true;
}

static bool ends_paragraph(Slice line) {
  ListMark mark;
  char fence;
  // Only a list that begins with 1 may interrupt: a line may well begin with a year.
  return is_blank(line) || heading_level(line) > 0 || is_rule(line) || is_quote(line) ||
         fence_length(line, &fence) > 0 ||
         (list_mark(line, &mark) && (!mark.ordered || mark.number == 1));
}

static Slice peek(Slice text) { return slice_line(&text); }

static void render_heading(Buffer *out, Slice line, size_t level) {
  char tag[8];
  Slice title = slice_trim(slice_from(line, indent_of(line) + level));
  size_t end = title.length;
  while (end > 0 && title.start[end - 1] == '#') end--;
  if (end == 0 || title.start[end - 1] == ' ') title = slice_trim(slice_to(title, end));
  snprintf(tag, sizeof tag, "<h%zu>", level);
  buffer_text(out, tag);
  render_inline(out, title);
  snprintf(tag, sizeof tag, "</h%zu>\n", level);
  buffer_text(out, tag);
}

static void render_fence(Buffer *out, Slice *text) {
  char mark, other;
  const Slice first = slice_line(text);
  const size_t length = fence_length(first, &mark), indent = indent_of(first);
  const Slice language = slice_trim(slice_from(first, indent + length));
  buffer_text(out, "<pre><code");
  if (language.length > 0) {
    size_t word = 0;
    while (word < language.length && !is_space(language.start[word])) word++;
    buffer_text(out, " class=\"language-");
    buffer_escaped(out, language.start, word);
    buffer_text(out, "\"");
  }
  buffer_text(out, ">");
  while (text->length > 0) {
    const Slice line = slice_line(text);
    const size_t run = fence_length(line, &other);
    if (run >= length && other == mark && is_blank(slice_from(line, indent_of(line) + run))) break;
    const size_t skip = indent_of(line) < indent ? indent_of(line) : indent;
    buffer_escaped(out, line.start + skip, line.length - skip);
    buffer_text(out, "\n");
  }
  buffer_text(out, "</code></pre>\n");
}

static void render_indented_code(Buffer *out, Slice *text) {
  buffer_text(out, "<pre><code>");
  size_t blanks = 0;
  while (text->length > 0 && (indent_of(peek(*text)) >= 4 || is_blank(peek(*text)))) {
    const Slice line = slice_line(text);
    if (is_blank(line)) {
      blanks++;
      continue;
    }
    for (; blanks > 0; blanks--) buffer_text(out, "\n");
    buffer_escaped(out, line.start + 4, line.length - 4);
    buffer_text(out, "\n");
  }
  buffer_text(out, "</code></pre>\n");
}

static void render_quote(Buffer *out, Slice *text, int depth) {
  Buffer inner = {0};
  bool lazy = false;
  while (text->length > 0) {
    const Slice line = peek(*text);
    if (!is_quote(line) && !(lazy && !ends_paragraph(line))) break;
    slice_line(text);
    Slice content = line;
    if (is_quote(line)) {
      content = slice_from(line, indent_of(line) + 1);
      if (slice_at(content, 0) == ' ') content = slice_from(content, 1);
    }
    // A paragraph in a quote goes on in a line without the mark.
    lazy = !ends_paragraph(content);
    buffer_add(&inner, content.start, content.length);
    buffer_text(&inner, "\n");
  }
  buffer_text(out, "<blockquote>\n");
  render_blocks(out, (Slice){inner.bytes, inner.length}, depth + 1, false);
  buffer_text(out, "</blockquote>\n");
  buffer_free(&inner);
}

// Collects one item's lines without their indentation. Says whether blank lines stood inside.
static bool take_item(Slice *text, ListMark mark, Buffer *item) {
  bool loose = false, blank = false;
  const Slice first = slice_line(text);
  const Slice head = slice_from(first, mark.content);
  buffer_add(item, head.start, head.length);
  buffer_text(item, "\n");
  while (text->length > 0) {
    const Slice line = peek(*text);
    if (is_blank(line)) {
      blank = true;
      slice_line(text);
      buffer_text(item, "\n");
      continue;
    }
    const size_t indent = indent_of(line);
    ListMark sibling;
    const bool outside = indent < mark.content;
    if (outside && (blank || ends_paragraph(line) || list_mark(line, &sibling))) break;
    slice_line(text);
    const Slice content = slice_from(line, outside ? indent : mark.content);
    // A blank line deeper inside belongs to a nested list.
    loose = loose || (blank && indent_of(content) < 2);
    blank = false;
    buffer_add(item, content.start, content.length);
    buffer_text(item, "\n");
  }
  return loose;
}

static void render_list(Buffer *out, Slice *text, int depth) {
  ListMark first, next;
  list_mark(peek(*text), &first);
  if (first.ordered && first.number != 1) {
    char tag[40];
    snprintf(tag, sizeof tag, "<ol start=\"%lu\">\n", first.number);
    buffer_text(out, tag);
  } else {
    buffer_text(out, first.ordered ? "<ol>\n" : "<ul>\n");
  }
  while (text->length > 0 && list_mark(peek(*text), &next) && next.mark == first.mark &&
         next.ordered == first.ordered) {
    Buffer item = {0};
    const bool loose = take_item(text, next, &item);
    buffer_text(out, "<li>");
    render_blocks(out, (Slice){item.bytes, item.length}, depth + 1, !loose);
    buffer_text(out, "</li>\n");
    buffer_free(&item);
  }
  buffer_text(out, first.ordered ? "</ol>\n" : "</ul>\n");
}

// A paragraph, or a heading where a line of = or - follows. `tight` leaves the <p> out, as in lists.
static void render_paragraph(Buffer *out, Slice *text, bool tight) {
  const char *const start = text->start;
  const char *end = start;
  const char *tag = tight ? NULL : "p";
  do {
    const Slice line = slice_line(text);
    end = line.start + line.length;
    const Slice below = slice_trim(peek(*text));
    const char mark = slice_at(below, 0);
    if (below.length > 0 && (mark == '=' || mark == '-') &&
        slice_run(below, 0, mark) == below.length) {
      slice_line(text);
      tag = mark == '=' ? "h1" : "h2";
      break;
    }
  } while (text->length > 0 && !ends_paragraph(peek(*text)));
  const Slice content = slice_trim((Slice){start, (size_t)(end - start)});
  if (tag != NULL) buffer_text(out, "<"), buffer_text(out, tag), buffer_text(out, ">");
  render_inline(out, content);
  if (tag != NULL) buffer_text(out, "</"), buffer_text(out, tag), buffer_text(out, ">");
  buffer_text(out, "\n");
}

static void render_blocks(Buffer *out, Slice text, int depth, bool tight) {
  ListMark list;
  char fence;
  while (text.length > 0) {
    const Slice line = peek(text);
    const size_t level = heading_level(line);
    if (is_blank(line)) {
      slice_line(&text);
    } else if (level > 0) {
      render_heading(out, slice_line(&text), level);
    } else if (fence_length(line, &fence) > 0) {
      render_fence(out, &text);
    } else if (indent_of(line) >= 4) {
      render_indented_code(out, &text);
    } else if (is_rule(line)) {
      slice_line(&text);
      buffer_text(out, "<hr>\n");
    } else if (depth < depth_max && is_quote(line)) {
      render_quote(out, &text, depth);
    } else if (depth < depth_max && list_mark(line, &list)) {
      render_list(out, &text, depth);
    } else {
      render_paragraph(out, &text, tight);
    }
  }
}

void render_markdown(Buffer *out, Slice text) { render_blocks(out, text, 0, false); }
