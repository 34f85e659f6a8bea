/* Light markup to HTML: headings, lists, emphasis, code, links, escapes. A state machine that copies text. */
#include "kernel.h"

static char source[200000], html[600000];
static char *out;

static void put(const char *text) {
  while (*text != 0) *out++ = *text++;
}

static void put_escaped(char character) {
  switch (character) {
    case '<': put("&lt;"); break;
    case '>': put("&gt;"); break;
    case '&': put("&amp;"); break;
    case '"': put("&quot;"); break;
    default: *out++ = character;
  }
}

static const char *find(const char *from, const char *end, char what) {
  while (from < end && *from != what) from++;
  return from;
}

/* [text](target), or nothing where the brackets do not match. */
static const char *put_link(const char *at, const char *end) {
  const char *close = find(at, end, ']');
  if (close + 1 >= end || close[1] != '(') return NULL;
  const char *last = find(close, end, ')');
  if (last == end) return NULL;
  put("<a href=\"");
  for (const char *c = close + 2; c < last; c++) put_escaped(*c);
  put("\">");
  for (const char *c = at + 1; c < close; c++) put_escaped(*c);
  put("</a>");
  return last + 1;
}

static void put_line(const char *at, const char *end) {
  int strong = 0, emphasis = 0, code = 0;
  while (at < end) {
    if (*at == '\\' && at + 1 < end) {
      put_escaped(at[1]);
      at += 2;
    } else if (*at == '`') {
      put((code = !code) ? "<code>" : "</code>");
      at++;
    } else if (!code && *at == '*' && at + 1 < end && at[1] == '*') {
      put((strong = !strong) ? "<strong>" : "</strong>");
      at += 2;
    } else if (!code && *at == '*') {
      put((emphasis = !emphasis) ? "<em>" : "</em>");
      at++;
    } else {
      const char *after = !code && *at == '[' ? put_link(at, end) : NULL;
      if (after == NULL) put_escaped(*at++);
      else at = after;
    }
  }
  if (code) put("</code>");
  if (emphasis) put("</em>");
  if (strong) put("</strong>");
}

static void transform(const char *at) {
  int in_list = 0, in_paragraph = 0;
  while (*at != 0) {
    const char *end = at;
    while (*end != 0 && *end != '\n') end++;
    u32 level = 0;
    while (level < 6 && at[level] == '#') level++;
    int item = end - at > 1 && at[0] == '-' && at[1] == ' ';
    int heading = level > 0 && at[level] == ' ';
    if (in_paragraph && (item || heading || at == end)) put("</p>\n"), in_paragraph = 0;
    if (in_list && !item) put("</ul>\n"), in_list = 0;
    if (heading) {
      char tag[] = "<h1>", close[] = "</h1>\n";
      tag[2] = close[3] = (char)('0' + level);
      put(tag);
      put_line(at + level + 1, end);
      put(close);
    } else if (item) {
      if (!in_list) put("<ul>\n"), in_list = 1;
      put("<li>");
      put_line(at + 2, end);
      put("</li>\n");
    } else if (at < end) {
      put(in_paragraph ? "\n" : "<p>");
      in_paragraph = 1;
      put_line(at, end);
    }
    at = *end == 0 ? end : end + 1;
  }
  if (in_paragraph) put("</p>\n");
  if (in_list) put("</ul>\n");
}

static void write_source(void) {
  static const char *const pieces[] = {
      "## A *reef* & its `<tide>`\n",          "\n",
      "- an item with **strong** words\n",     "a plain sentence of prose that goes on for a while\n",
      "see [the chart](https://x/?a=1&b=2)\n", "- [broken link( and \\*escapes\\*\n",
      "1 < 2 > 0 \"quoted\" `code *stays* code`\n", "# Top **bold *both* bold**\n"};
  u32 random = 1812433253u;
  out = source;
  while (out < source + sizeof source - 80) put(pieces[next_random(&random) >> 29]);
  *out = 0;
}

unsigned run(void) {
  write_source();
  u32 sum = 1;
  for (u32 round = 0; round < 16; round++) {
    out = html;
    transform(source + round * 3);
    sum = mix(sum, (u32)(out - html));
  }
  return mix_bytes(sum, (const u8 *)html, (size_t)(out - html));
}
