/** A fresh project in C++. */

import { cgiNote, type ProjectTemplate } from "./project_template.ts";

const main = String.raw`#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

// <iostream> works too, but adds half a megabyte to the module and a second to its build.

static std::string variable(const char *name, std::string_view fallback) {
  const char *value = std::getenv(name);
  return std::string(value != nullptr ? value : fallback);
}

int main() {
  std::string body = variable("GREETING", "Hello") + " from C++!\n";
  body += variable("REQUEST_METHOD", "GET") + " " + variable("PATH_INFO", "/") + "\n";

  std::string head = "Status: 200 OK\nContent-Type: text/plain; charset=utf-8\n\n";
  std::fputs((head + body).c_str(), stdout);
}
`;

export const cpp: ProjectTemplate = {
  title: "C++",
  sources: new Map([["main.cpp", main]]),
  note: `${cgiNote} Exceptions are off: the toolchain's library is built without them.`,
};
