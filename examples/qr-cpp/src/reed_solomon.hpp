// Reed–Solomon error correction over GF(256), as QR codes use it (ISO/IEC 18004, section 7.5).
#pragma once

#include <cstdint>
#include <span>

namespace qr {

/// As many as a block of a symbol has at most (table 9).
inline constexpr int corrections_max = 30;

/// Multiplies in the field whose polynomial is x^8 + x^4 + x^3 + x^2 + 1.
inline std::uint8_t multiply(std::uint8_t left, std::uint8_t right) {
  unsigned product = 0;
  for (int bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    product ^= ((right >> bit) & 1u) * left;
  }
  return static_cast<std::uint8_t>(product);
}

/// The product of (x − 2^0) … (x − 2^(degree − 1)), without its leading 1, highest power first.
inline void generate(std::span<std::uint8_t> polynomial) {
  const std::size_t degree = polynomial.size();
  for (std::uint8_t& term : polynomial) term = 0;
  polynomial.back() = 1;
  std::uint8_t root = 1;
  for (std::size_t factor = 0; factor < degree; factor++) {
    for (std::size_t index = 0; index < degree; index++) {
      polynomial[index] = multiply(polynomial[index], root);
      if (index + 1 < degree) polynomial[index] ^= polynomial[index + 1];
    }
    root = multiply(root, 2);
  }
}

/// The error correction codewords for some data codewords: as many as there is room for.
inline void error_correction(std::span<const std::uint8_t> data, std::span<std::uint8_t> corrections) {
  const std::size_t count = corrections.size();
  std::uint8_t terms[corrections_max];
  const std::span divisor(terms, count);
  generate(divisor);
  // The remainder of the division, one data codeword after the other.
  for (std::uint8_t& remainder : corrections) remainder = 0;
  for (const std::uint8_t byte : data) {
    const std::uint8_t factor = byte ^ corrections.front();
    for (std::size_t index = 0; index < count; index++) {
      const std::uint8_t next = index + 1 < count ? corrections[index + 1] : 0;
      corrections[index] = next ^ multiply(divisor[index], factor);
    }
  }
}

}  // namespace qr
