// A symbol as people and machines see it.
#pragma once

#include <string>

#include "symbol.hpp"

namespace qr {

/// One path of rectangles, black on white, with the quiet zone of four modules.
std::string to_svg(const Symbol& symbol);

/// Two modules to a character, for terminals with a dark background.
std::string to_text(const Symbol& symbol);

}  // namespace qr
