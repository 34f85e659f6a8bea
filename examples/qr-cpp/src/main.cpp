// QR codes over HTTP: a page with a form, and the codes themselves by ?text=…&format=svg|txt.

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "codewords.hpp"
#include "query.hpp"
#include "render.hpp"
#include "symbol.hpp"

namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

constexpr char form[] = {
#embed "form.html"
};

void begin(const char* status, const char* type, const char* fields = "") {
  std::printf("Status: %s\nContent-Type: %s; charset=utf-8\n%s\n", status, type, fields);
}

void refuse(const char* status, const char* why, const char* fields = "") {
  begin(status, "text/plain", fields);
  std::puts(why);
}

}  // namespace

int main() {
  const auto method = variable("REQUEST_METHOD");
  if (method != "GET" && method != "HEAD") {
    refuse("405 Method Not Allowed", "GET, please", "Allow: GET, HEAD\n");
    return 0;
  }
  const auto string = variable("QUERY_STRING");
  const auto text = query::parameter(string, "text");
  const auto format = query::parameter(string, "format").value_or("svg");
  if (!text) {
    begin("200 OK", "text/html");
    std::fwrite(form, 1, sizeof form, stdout);
    return 0;
  }
  if (text->empty() || (format != "svg" && format != "txt")) {
    refuse("400 Bad Request", "say what to encode: ?text=…&format=svg|txt");
    return 0;
  }
  const auto version = qr::version_for(text->size());
  if (!version) {
    refuse("414 URI Too Long", "a QR code of level M holds at most 2331 bytes");
    return 0;
  }
  const qr::Symbol symbol(*version, qr::codewords(*text, *version));
  begin("200 OK", format == "svg" ? "image/svg+xml" : "text/plain",
        // The same text gives the same code for ever.
        "Cache-Control: public, max-age=31536000, immutable\n");
  if (format == "svg") {
    qr::print_svg(symbol);
  } else {
    qr::print_text(symbol);
  }
}
