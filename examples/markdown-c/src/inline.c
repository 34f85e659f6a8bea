#include "inline.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

// Brackets and emphasis nest, and text comes from anyone: deeper than this it is shown as it is.
enum { depth_max = 16 };

// How far a closing mark is looked for, so that a text of nothing but opening marks takes linear time.
enum { reach_max = 1024 };

static void render(Buffer *out, Slice text, int depth, bool in_link);

static Slice within_reach(Slice text, size_t from) { return slice_to(text, from + reach_max); }

// Whether a link may lead there: a scheme that runs no code, or none at all.
static bool is_safe_target(Slice target) {
  static const char *const schemes[] = {"http:", "https:", "mailto:", "tel:"};
  for (size_t index = 0; index < target.length; index++) {
    const char byte = target.start[index];
    // Browsers drop control characters inside a scheme, so "java\tscript:" would run.
    if ((unsigned char)byte < 0x20) return false;
    if (byte == '/' || byte == '?' || byte == '#') return true;
    if (byte != ':') continue;
    for (size_t scheme = 0; scheme < sizeof schemes / sizeof schemes[0]; scheme++) {
      if (index + 1 == strlen(schemes[scheme]) &&
          strncasecmp(target.start, schemes[scheme], index + 1) == 0) {
        return true;
      }
    }
    return false;
  }
  return true;
}

// Finds the bracket that closes the one at `open`. False where there is none.
static bool find_close(Slice text, size_t open, char left, char right, size_t *close) {
  int depth = 0;
  text = within_reach(text, open);
  for (size_t index = open; index < text.length; index++) {
    const char byte = text.start[index];
    if (byte == '\\') index++;
    else if (byte == left) depth++;
    else if (byte == right && --depth == 0) return *close = index, true;
  }
  return false;
}

// Splits `target "title"`. The title is empty where there is none.
static Slice split_title(Slice inside, Slice *title) {
  inside = slice_trim(inside);
  *title = (Slice){0};
  if (slice_at(inside, 0) == '<') {
    const char *end = memchr(inside.start, '>', inside.length);
    if (end != NULL) return (Slice){inside.start + 1, (size_t)(end - inside.start) - 1};
  }
  for (size_t index = 0; index < inside.length; index++) {
    if (!is_space(inside.start[index])) continue;
    Slice rest = slice_trim(slice_from(inside, index));
    if (rest.length >= 2 && (rest.start[0] == '"' || rest.start[0] == '\'') &&
        rest.start[rest.length - 1] == rest.start[0]) {
      *title = (Slice){rest.start + 1, rest.length - 2};
    }
    return slice_to(inside, index);
  }
  return inside;
}

static void attribute(Buffer *out, const char *name, Slice value) {
  buffer_text(out, name);
  buffer_text(out, "=\"");
  buffer_escaped(out, value.start, value.length);
  buffer_text(out, "\"");
}

// `[text](target "title")`, or with `!` before it an image. Gives the length, 0 where it is none.
static size_t render_link(Buffer *out, Slice text, size_t at, int depth) {
  const bool image = text.start[at] == '!';
  const size_t open = image ? at + 1 : at;
  size_t label_end, target_end;
  if (slice_at(text, open) != '[' || !find_close(text, open, '[', ']', &label_end)) return 0;
  if (slice_at(text, label_end + 1) != '(') return 0;
  if (!find_close(text, label_end + 1, '(', ')', &target_end)) return 0;
  const Slice label = {text.start + open + 1, label_end - open - 1};
  Slice title;
  const Slice target =
      split_title((Slice){text.start + label_end + 2, target_end - label_end - 2}, &title);
  if (!is_safe_target(target)) {
    // The text stays, the way there does not.
    render(out, label, depth + 1, true);
  } else if (image) {
    buffer_text(out, "<img");
    attribute(out, " src", target);
    attribute(out, " alt", label);
    if (title.length > 0) attribute(out, " title", title);
    buffer_text(out, ">");
  } else {
    buffer_text(out, "<a rel=\"nofollow noopener\"");
    attribute(out, " href", target);
    if (title.length > 0) attribute(out, " title", title);
    buffer_text(out, ">");
    render(out, label, depth + 1, true);
    buffer_text(out, "</a>");
  }
  return target_end + 1 - at;
}

// `<https://…>`. Gives the length, 0 where it is none.
static size_t render_autolink(Buffer *out, Slice text, size_t at) {
  size_t end = at + 1;
  text = within_reach(text, at);
  while (end < text.length && text.start[end] != '>' && !is_space(text.start[end])) end++;
  if (slice_at(text, end) != '>') return 0;
  const Slice target = {text.start + at + 1, end - at - 1};
  const bool is_web = target.length > 8 && (strncasecmp(target.start, "http://", 7) == 0 ||
                                            strncasecmp(target.start, "https://", 8) == 0);
  if (!is_web) return 0;
  buffer_text(out, "<a rel=\"nofollow noopener\"");
  attribute(out, " href", target);
  buffer_text(out, ">");
  buffer_escaped(out, target.start, target.length);
  buffer_text(out, "</a>");
  return end + 1 - at;
}

// Code between equal runs of backticks. Gives the length, 0 where nothing closes it.
static size_t render_code(Buffer *out, Slice text, size_t at) {
  const size_t ticks = slice_run(text, at, '`');
  const Slice reach = within_reach(text, at + ticks);
  for (size_t index = at + ticks; index < reach.length;) {
    const size_t run = slice_run(text, index, '`');
    if (run == ticks) {
      Slice code = {text.start + at + ticks, index - at - ticks};
      // One space on either side belongs to the marks, so that code may begin with a backtick.
      if (code.length > 2 && code.start[0] == ' ' && code.start[code.length - 1] == ' ') {
        code = (Slice){code.start + 1, code.length - 2};
      }
      buffer_text(out, "<code>");
      buffer_escaped(out, code.start, code.length);
      buffer_text(out, "</code>");
      return index + run - at;
    }
    index += run > 0 ? run : 1;
  }
  buffer_escaped(out, text.start + at, ticks);
  return ticks;
}

static bool is_word(char byte) {
  return isalnum((unsigned char)byte) || (unsigned char)byte >= 0x80;
}

// Emphasis by a run of one, two or three marks, `*` or `_` (or `~~`). Gives the length, or 0.
static size_t render_emphasis(Buffer *out, Slice text, size_t at, int depth, bool in_link) {
  static const char *const open_tags[] = {"<em>", "<strong>", "<strong><em>"};
  static const char *const close_tags[] = {"</em>", "</strong>", "</em></strong>"};
  const char mark = text.start[at];
  const size_t run = slice_run(text, at, mark);
  if (run > 3 || (mark == '~' && run != 2)) return 0;
  if (at + run >= text.length || is_space(text.start[at + run])) return 0;
  // An underscore inside a word is part of its name: some_file_name.
  if (mark == '_' && at > 0 && is_word(text.start[at - 1])) return 0;
  const Slice reach = within_reach(text, at + run);
  for (size_t index = at + run; index < reach.length; index++) {
    const char byte = text.start[index];
    if (byte == '\\') {
      index++;
      continue;
    }
    if (byte == '`') {
      const size_t ticks = slice_run(text, index, '`');
      index += ticks - 1;
      continue;
    }
    if (byte != mark) continue;
    const size_t closing = slice_run(text, index, mark);
    const bool closes = closing >= run && (closing == run || closing != run * 2) &&
                        !is_space(text.start[index - 1]) &&
                        !(mark == '_' && is_word(slice_at(text, index + closing)));
    if (!closes) {
      index += closing - 1;
      continue;
    }
    // The inner marks of a longer run belong to what is inside: **a *b***.
    const size_t end = index + closing - run;
    buffer_text(out, mark == '~' ? "<del>" : open_tags[run - 1]);
    render(out, (Slice){text.start + at + run, end - at - run}, depth + 1, in_link);
    buffer_text(out, mark == '~' ? "</del>" : close_tags[run - 1]);
    return end + run - at;
  }
  return 0;
}

// Two spaces or a backslash before the end of a line break it.
static size_t render_break(Buffer *out, Slice text, size_t at) {
  const size_t spaces = slice_run(text, at, ' ');
  if (spaces >= 2 && slice_at(text, at + spaces) == '\n') {
    buffer_text(out, "<br>\n");
    return spaces + 1;
  }
  if (text.start[at] == '\\' && slice_at(text, at + 1) == '\n') {
    buffer_text(out, "<br>\n");
    return 2;
  }
  return 0;
}

static size_t render_special(Buffer *out, Slice text, size_t at, int depth, bool in_link) {
  switch (text.start[at]) {
    case ' ':
      return render_break(out, text, at);
    case '\\':
      if (ispunct((unsigned char)slice_at(text, at + 1))) {
        buffer_escaped(out, text.start + at + 1, 1);
        return 2;
      }
      return render_break(out, text, at);
    case '`':
      return render_code(out, text, at);
    case '!':
      return depth < depth_max ? render_link(out, text, at, depth) : 0;
    case '[':
      return depth < depth_max && !in_link ? render_link(out, text, at, depth) : 0;
    case '<':
      return in_link ? 0 : render_autolink(out, text, at);
    case '*':
    case '_':
    case '~':
      return depth < depth_max ? render_emphasis(out, text, at, depth, in_link) : 0;
    default:
      return 0;
  }
}

static void render(Buffer *out, Slice text, int depth, bool in_link) {
  for (size_t at = 0; at < text.length;) {
    size_t used = render_special(out, text, at, depth, in_link);
    if (used == 0) {
      // Marks that open nothing are text, the whole run of them.
      const char byte = text.start[at];
      used = byte == '*' || byte == '_' || byte == '~' ? slice_run(text, at, byte) : 1;
      buffer_escaped(out, text.start + at, used);
    }
    at += used;
  }
}

void render_inline(Buffer *out, Slice text) { render(out, text, 0, false); }
