/** A fresh project in C. */

import { cgiNote, type ProjectTemplate } from "./project_template.ts";

const main = String.raw`#include <stdio.h>
#include <stdlib.h>

static const char *variable(const char *name, const char *fallback) {
  const char *value = getenv(name);
  return value != NULL ? value : fallback;
}

int main(void) {
  printf("Status: 200 OK\n");
  printf("Content-Type: text/plain; charset=utf-8\n\n");
  printf("%s from C!\n", variable("GREETING", "Hello"));
  printf("%s %s\n", variable("REQUEST_METHOD", "GET"), variable("PATH_INFO", "/"));
  return 0;
}
`;

export const c: ProjectTemplate = {
  title: "C",
  sources: new Map([["main.c", main]]),
  note: cgiNote,
};
