#include "render.hpp"

namespace qr {
namespace {

/// ISO/IEC 18004, section 6.3.8.
constexpr int quiet_zone = 4;

}  // namespace

std::string to_svg(const Symbol& symbol) {
  const std::string side = std::to_string(symbol.size() + 2 * quiet_zone);
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + side + " " + side +
                    "\" shape-rendering=\"crispEdges\" role=\"img\">\n"
                    "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n<path d=\"";
  for (int y = 0; y < symbol.size(); y++) {
    for (int x = 0; x < symbol.size(); x++) {
      if (!symbol.dark(x, y)) continue;
      const int start = x;
      while (symbol.dark(x + 1, y)) x++;
      const std::string width = std::to_string(x + 1 - start);
      svg += "M" + std::to_string(start + quiet_zone) + " " + std::to_string(y + quiet_zone) + "h" +
             width + "v1h-" + width + "z";
    }
  }
  return svg + "\" fill=\"#000\"/>\n</svg>\n";
}

std::string to_text(const Symbol& symbol) {
  // Light modules are drawn, so that the code is dark on light where the terminal is light on dark.
  static constexpr const char* blocks[] = {"\u2588", "\u2580", "\u2584", " "};
  std::string text;
  for (int y = -quiet_zone; y < symbol.size() + quiet_zone; y += 2) {
    for (int x = -quiet_zone; x < symbol.size() + quiet_zone; x++) {
      text += blocks[symbol.dark(x, y) * 2 + symbol.dark(x, y + 1)];
    }
    text += "\n";
  }
  return text;
}

}  // namespace qr
