#include "reed_solomon.hpp"

namespace qr {
namespace {

/// Multiplies in the field whose polynomial is x^8 + x^4 + x^3 + x^2 + 1.
std::uint8_t multiply(std::uint8_t left, std::uint8_t right) {
  unsigned product = 0;
  for (int bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    product ^= ((right >> bit) & 1u) * left;
  }
  return static_cast<std::uint8_t>(product);
}

/// The product of (x − 2^0) … (x − 2^(degree − 1)), without its leading 1, highest power first.
std::vector<std::uint8_t> generator(int degree) {
  std::vector<std::uint8_t> polynomial(degree, 0);
  polynomial.back() = 1;
  std::uint8_t root = 1;
  for (int factor = 0; factor < degree; factor++) {
    for (int index = 0; index < degree; index++) {
      polynomial[index] = multiply(polynomial[index], root);
      if (index + 1 < degree) polynomial[index] ^= polynomial[index + 1];
    }
    root = multiply(root, 2);
  }
  return polynomial;
}

}  // namespace

std::vector<std::uint8_t> error_correction(std::span<const std::uint8_t> data, int count) {
  const auto divisor = generator(count);
  std::vector<std::uint8_t> remainder(count, 0);
  for (const std::uint8_t byte : data) {
    const std::uint8_t factor = byte ^ remainder.front();
    remainder.erase(remainder.begin());
    remainder.push_back(0);
    for (int index = 0; index < count; index++) remainder[index] ^= multiply(divisor[index], factor);
  }
  return remainder;
}

}  // namespace qr
