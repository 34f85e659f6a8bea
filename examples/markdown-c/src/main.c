// Markdown in, HTML out: POST text and get a fragment, or GET a page with a form.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "block.h"

enum { body_bytes_max = 1 << 20 };

static const char form_page[] =
    "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Markdown</title>\n"
    "<style>\n"
    "  body { font: 16px/1.5 system-ui; margin: 0; display: grid; grid-template-columns: 1fr 1fr;\n"
    "         height: 100vh; }\n"
    "  textarea, article { padding: 1.5em; border: 0; overflow: auto; font-size: inherit; }\n"
    "  textarea { font-family: ui-monospace, monospace; background: #f4f4f0; resize: none; }\n"
    "  pre { background: #f4f4f0; padding: 1em; overflow: auto; }\n"
    "  blockquote { border-left: 4px solid #ccc; margin-left: 0; padding-left: 1em; }\n"
    "</style>\n"
    "<textarea aria-label=\"Markdown\" autofocus># Hello\n\nType *Markdown* here.\n</textarea>\n"
    "<article></article>\n"
    "<script>\n"
    "  const [source, target] = document.querySelectorAll('textarea, article');\n"
    "  let last = 0;\n"
    "  async function render() {\n"
    "    const mine = ++last;\n"
    "    const reply = await fetch('', { method: 'POST', body: source.value });\n"
    "    const html = await reply.text();\n"
    "    if (mine === last) target.innerHTML = html;\n"
    "  }\n"
    "  source.addEventListener('input', render);\n"
    "  render();\n"
    "</script>\n</html>\n";

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
    answer("200 OK", "Content-Type: text/html; charset=utf-8\n", form_page, sizeof form_page - 1);
  } else {
    refuse("405 Method Not Allowed", "Allow: GET, HEAD, POST\n", "GET or POST, please\n");
  }
  return 0;
}
