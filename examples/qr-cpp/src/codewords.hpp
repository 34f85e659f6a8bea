// From a text to the codewords of a symbol: byte mode, error correction level M.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace qr {

constexpr int version_max = 40;

/// Modules on one side of a symbol.
constexpr int size_of(int version) { return 17 + 4 * version; }

/// Bits that a symbol has for codewords, once finders, timing, alignment, format and version are drawn.
int raw_bits(int version);

/// The smallest version that holds so many bytes, where there is one.
std::optional<int> version_for(std::size_t bytes);

/// All codewords, interleaved as they are drawn. The text must fit the version.
std::vector<std::uint8_t> codewords(std::string_view text, int version);

}  // namespace qr
