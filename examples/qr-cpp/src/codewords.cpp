#include "codewords.hpp"

#include <span>

#include "reed_solomon.hpp"

namespace qr {
namespace {

/// ISO/IEC 18004, table 9, level M: error correction codewords of each block, and blocks, by version.
struct Correction {
  std::uint8_t per_block;
  std::uint8_t blocks;
};
constexpr std::array<Correction, version_max> corrections = {{
    {10, 1},  {16, 1},  {26, 1},  {18, 2},  {24, 2},  {16, 4},  {18, 4},  {22, 4},
    {22, 5},  {26, 5},  {30, 5},  {22, 8},  {22, 9},  {24, 9},  {24, 10}, {28, 10},
    {28, 11}, {26, 13}, {26, 14}, {26, 16}, {26, 17}, {28, 17}, {28, 18}, {28, 20},
    {28, 21}, {28, 23}, {28, 25}, {28, 26}, {28, 28}, {28, 29}, {28, 31}, {28, 33},
    {28, 35}, {28, 37}, {28, 38}, {28, 40}, {28, 43}, {28, 45}, {28, 47}, {28, 49},
}};

int data_codewords(int version) {
  const auto [per_block, blocks] = corrections[version - 1];
  return raw_bits(version) / 8 - per_block * blocks;
}

/// The most blocks in that table.
constexpr int blocks_max = 49;

/// Bits of the character count in byte mode (table 3).
int count_bits(int version) { return version < 10 ? 8 : 16; }

/// Collects bits, the first the most significant, into codewords.
class BitWriter {
 public:
  void write(unsigned value, int bits) {
    for (int bit = bits - 1; bit >= 0; bit--) {
      byte_ = static_cast<std::uint8_t>(byte_ << 1 | ((value >> bit) & 1u));
      if (++used_ % 8 == 0) codewords.add(byte_);
    }
  }
  int used() const { return used_; }

  Codewords codewords;

 private:
  std::uint8_t byte_ = 0;
  int used_ = 0;
};

/// Mode, count, bytes, terminator and padding (section 7.4).
Codewords data_of(std::string_view text, int version) {
  const int capacity = data_codewords(version);
  BitWriter bits;
  bits.write(0b0100, 4);
  bits.write(static_cast<unsigned>(text.size()), count_bits(version));
  for (const char byte : text) bits.write(static_cast<std::uint8_t>(byte), 8);
  // Four zero bits end the data, fewer where there is no room; then zeros up to a whole codeword.
  const int left = capacity * 8 - bits.used();
  bits.write(0, left < 4 ? left : 4);
  bits.write(0, -bits.used() & 7);
  for (std::uint8_t pad = 0xec; bits.codewords.count() < capacity; pad ^= 0xec ^ 0x11) {
    bits.codewords.add(pad);
  }
  return bits.codewords;
}

}  // namespace

int raw_bits(int version) {
  const int size = size_of(version);
  // Three finders with their separators, format information with the dark module, two timing patterns.
  int bits = size * size - 3 * 64 - 31 - 2 * (size - 16);
  if (version >= 2) {
    const int alignments = version / 7 + 2;
    // All crossings but the three under finders; those on a timing pattern share five modules with it.
    bits -= 25 * (alignments * alignments - 3) - 10 * (alignments - 2);
  }
  if (version >= 7) bits -= 2 * 18;
  return bits;
}

std::optional<int> version_for(std::size_t bytes) {
  for (int version = 1; version <= version_max; version++) {
    const std::size_t bits = 4 + count_bits(version) + bytes * 8;
    if (bits <= static_cast<std::size_t>(data_codewords(version)) * 8) return version;
  }
  return std::nullopt;
}

Codewords codewords(std::string_view text, int version) {
  const auto [per_block, blocks] = corrections[version - 1];
  const Codewords data = data_of(text, version);
  // The later blocks hold one codeword more where the data do not divide evenly.
  const int shorter = data.count() / blocks;
  const int longer_from = blocks - data.count() % blocks;
  const auto start_of = [&](int block) {
    return block * shorter + (block > longer_from ? block - longer_from : 0);
  };
  std::array<std::array<std::uint8_t, corrections_max>, blocks_max> corrections_of;
  for (int block = 0; block < blocks; block++) {
    const int start = start_of(block);
    error_correction(std::span(data.data() + start, start_of(block + 1) - start),
                     std::span(corrections_of[block]).first(per_block));
  }
  Codewords all;
  for (int index = 0; index <= shorter; index++) {
    for (int block = 0; block < blocks; block++) {
      const int at = start_of(block) + index;
      if (at < start_of(block + 1)) all.add(data[at]);
    }
  }
  for (int index = 0; index < per_block; index++) {
    for (int block = 0; block < blocks; block++) all.add(corrections_of[block][index]);
  }
  return all;
}

}  // namespace qr
