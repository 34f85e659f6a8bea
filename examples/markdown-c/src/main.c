// Markdown in, HTML out: POST text and get a fragment, or GET a page with a form.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "block.h"

enum { body_bytes_max = 1 << 20 };

static const char editor[] = {
#embed "editor.html"
};

static void answer(const char *status, const char *fields, const char *body, size_t length) {
  printf("Status: %s\n%sContent-Length: %zu\n\n", status, fields, length);
  fwrite(body, 1, length, stdout);
}

static void refuse(const char *status, const char *fields, const char *why) {
  char all[256];
  snprintf(all, sizeof all, "Content-Type: text/plain; charset=utf-8\n%s", fields);
  answer(status, all, why, strlen(why));
}

// Reads stdin, at most one byte more than is allowed.
static Buffer read_body(void) {
  static char block[16384];
  Buffer body = {0};
  size_t got;
  while (body.length <= body_bytes_max && (got = fread(block, 1, sizeof block, stdin)) > 0) {
    buffer_add(&body, block, got);
  }
  return body;
}

static void render(void) {
  Buffer body = read_body();
  if (body.length > body_bytes_max) {
    refuse("413 Content Too Large", "", "at most 1 MiB of Markdown\n");
    return;
  }
  Buffer html = {0};
  render_markdown(&html, (Slice){body.bytes, body.length});
  answer("200 OK",
         "Content-Type: text/html; charset=utf-8\n"
         // The HTML is safe by construction; this holds even if it were not.
         "Content-Security-Policy: default-src 'none'; img-src * data:; style-src 'unsafe-inline'\n",
         html.bytes, html.length);
}

int main(void) {
  const char *method = getenv("REQUEST_METHOD");
  if (method == NULL) method = "GET";
  if (strcmp(method, "POST") == 0) {
    render();
  } else if (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0) {
    answer("200 OK", "Content-Type: text/html; charset=utf-8\n", editor, sizeof editor);
  } else {
    refuse("405 Method Not Allowed", "Allow: GET, HEAD, POST\n", "GET or POST, please\n");
  }
  return 0;
}
