// A symbol as people and machines see it, on stdout.
#pragma once

#include <cstdio>

#include "symbol.hpp"

namespace qr {

/// ISO/IEC 18004, section 6.3.8.
inline constexpr int quiet_zone = 4;

/// One path of rectangles, black on white, with the quiet zone.
inline void print_svg(const Symbol& symbol) {
  const int side = symbol.size() + 2 * quiet_zone;
  std::printf("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
              "shape-rendering=\"crispEdges\" role=\"img\">\n"
              "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n<path d=\"",
              side, side);
  for (int y = 0; y < symbol.size(); y++) {
    for (int x = 0; x < symbol.size(); x++) {
      if (!symbol.dark(x, y)) continue;
      const int start = x;
      while (symbol.dark(x + 1, y)) x++;
      const int width = x + 1 - start;
      std::printf("M%d %dh%dv1h-%dz", start + quiet_zone, y + quiet_zone, width, width);
    }
  }
  std::puts("\" fill=\"#000\"/>\n</svg>");
}

/// Two modules to a character, for terminals with a dark background.
inline void print_text(const Symbol& symbol) {
  // Light modules are drawn, so that the code is dark on light where the terminal is light on dark.
  static constexpr const char* blocks[] = {"\u2588", "\u2580", "\u2584", " "};
  for (int y = -quiet_zone; y < symbol.size() + quiet_zone; y += 2) {
    for (int x = -quiet_zone; x < symbol.size() + quiet_zone; x++) {
      std::fputs(blocks[symbol.dark(x, y) * 2 + symbol.dark(x, y + 1)], stdout);
    }
    std::puts("");
  }
}

}  // namespace qr
