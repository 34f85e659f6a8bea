// QR codes over HTTP: ?text=…&format=svg|txt.

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

void answer(std::string_view status, std::string_view type, std::string_view body,
            std::string_view fields = "") {
  std::printf("Status: %.*s\nContent-Type: %.*s\nContent-Length: %zu\n%.*s\n",
              static_cast<int>(status.size()), status.data(), static_cast<int>(type.size()),
              type.data(), body.size(), static_cast<int>(fields.size()), fields.data());
  std::fwrite(body.data(), 1, body.size(), stdout);
}

void refuse(std::string_view status, std::string_view why, std::string_view fields = "") {
  answer(status, "text/plain; charset=utf-8", why, fields);
}

}  // namespace

int main() {
  const auto method = variable("REQUEST_METHOD");
  if (method != "GET" && method != "HEAD") {
    refuse("405 Method Not Allowed", "GET, please\n", "Allow: GET, HEAD\n");
    return 0;
  }
  const auto query = variable("QUERY_STRING");
  const auto text = parameter(query, "text");
  const auto format = parameter(query, "format").value_or("svg");
  if (!text || text->empty()) {
    refuse("400 Bad Request", "say what to encode: ?text=…&format=svg|txt\n");
    return 0;
  }
  if (format != "svg" && format != "txt") {
    refuse("400 Bad Request", "format is svg or txt\n");
    return 0;
  }
  const auto version = qr::version_for(text->size());
  if (!version) {
    refuse("414 URI Too Long", "a QR code of level M holds at most 2331 bytes\n");
    return 0;
  }
  const qr::Symbol symbol(*version, qr::codewords(*text, *version));
  // The same text gives the same code for ever.
  const std::string_view fields = "Cache-Control: public, max-age=31536000, immutable\n";
  if (format == "svg") {
    answer("200 OK", "image/svg+xml", qr::to_svg(symbol), fields);
  } else {
    answer("200 OK", "text/plain; charset=utf-8", qr::to_text(symbol), fields);
  }
}
