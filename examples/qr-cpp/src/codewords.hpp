// From a text to the codewords of a symbol: byte mode, error correction level M.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace qr {

inline constexpr int version_max = 40;

/// Modules on one side of a symbol.
constexpr int size_of(int version) { return 17 + 4 * version; }

/// Bits that a symbol has for codewords, once finders, timing, alignment, format and version are drawn.
int raw_bits(int version);

/// The smallest version that holds so many bytes, where there is one.
std::optional<int> version_for(std::size_t bytes);

/// What the largest symbol has room for (table 1).
inline constexpr int codewords_max = 3706;

/// Codewords without a heap: a symbol's bounds are known.
class Codewords {
 public:
  void add(std::uint8_t codeword) { bytes_[count_++] = codeword; }
  int count() const { return count_; }
  std::uint8_t operator[](int index) const { return bytes_[index]; }
  const std::uint8_t* data() const { return bytes_.data(); }

 private:
  std::array<std::uint8_t, codewords_max> bytes_;
  int count_ = 0;
};

/// All codewords, interleaved as they are drawn. The text must fit the version.
Codewords codewords(std::string_view text, int version);

}  // namespace qr
