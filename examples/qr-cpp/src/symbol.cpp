#include "symbol.hpp"

#include <cstdlib>

namespace qr {
namespace {

/// Alignment patterns stand on crossings: this many in either direction (ISO/IEC 18004, annex E).
int alignment_count(int version) { return version == 1 ? 0 : version / 7 + 2; }

/// Their centres, in order: evenly spaced by an even step, the last at size − 7, the first always at 6.
int alignment_position(int version, int index) {
  if (index == 0) return 6;
  const int count = alignment_count(version);
  // Version 32 is an exception.
  const int step = version == 32 ? 26 : (version * 4 + count * 2 + 1) / (count * 2 - 2) * 2;
  return size_of(version) - 7 - (count - 1 - index) * step;
}

/// How far a module is from the centre of a square pattern, in rings.
int ring_of(int dx, int dy) {
  const int across = std::abs(dx);
  const int along = std::abs(dy);
  return across > along ? across : along;
}

/// Whether a mask turns a module over (section 7.8.2, table 10).
bool mask_turns(int mask, int x, int y) {
  switch (mask) {
    case 0: return (x + y) % 2 == 0;
    case 1: return y % 2 == 0;
    case 2: return x % 3 == 0;
    case 3: return (x + y) % 3 == 0;
    case 4: return (x / 3 + y / 2) % 2 == 0;
    case 5: return x * y % 2 + x * y % 3 == 0;
    case 6: return (x * y % 2 + x * y % 3) % 2 == 0;
    default: return ((x + y) % 2 + x * y % 3) % 2 == 0;
  }
}

/// Appends the remainder of a division of polynomials over GF(2): a BCH code (annexes C and D).
unsigned with_remainder(unsigned data, int data_bits, unsigned divisor, int remainder_bits) {
  unsigned rest = data << remainder_bits;
  for (int bit = data_bits + remainder_bits - 1; bit >= remainder_bits; bit--) {
    if ((rest >> bit) & 1u) rest ^= divisor << (bit - remainder_bits);
  }
  return (data << remainder_bits) | rest;
}

bool bit_of(unsigned value, int bit) { return ((value >> bit) & 1u) != 0; }

}  // namespace

Symbol::Symbol(int version, const Codewords& codewords)
    : version_(version), size_(size_of(version)) {
  draw_function_patterns();
  draw_codewords(codewords);
  int best = 0;
  int best_penalty = -1;
  for (int mask = 0; mask < 8; mask++) {
    draw_format(mask);
    apply_mask(mask);
    const int score = penalty();
    if (best_penalty < 0 || score < best_penalty) best = mask, best_penalty = score;
    apply_mask(mask);  // the same mask again takes it off
  }
  draw_format(best);
  apply_mask(best);
}

bool Symbol::dark(int x, int y) const {
  return x >= 0 && y >= 0 && x < size_ && y < size_ && dark_[at(x, y)];
}

void Symbol::set_function(int x, int y, bool dark) {
  if (x < 0 || y < 0 || x >= size_ || y >= size_) return;
  dark_[at(x, y)] = dark;
  function_[at(x, y)] = true;
}

void Symbol::draw_function_patterns() {
  for (int index = 0; index < size_; index++) {
    set_function(6, index, index % 2 == 0);
    set_function(index, 6, index % 2 == 0);
  }
  draw_finder(3, 3);
  draw_finder(size_ - 4, 3);
  draw_finder(3, size_ - 4);
  const int last = alignment_count(version_) - 1;
  for (int row = 0; row <= last; row++) {
    for (int column = 0; column <= last; column++) {
      const bool under_finder =
          (row == 0 && column == 0) || (row == 0 && column == last) || (row == last && column == 0);
      if (under_finder) continue;
      draw_alignment(alignment_position(version_, column), alignment_position(version_, row));
    }
  }
  draw_format(0);  // keeps its place; the mask is not chosen yet
  draw_version();
}

void Symbol::draw_finder(int x, int y) {
  for (int dy = -4; dy <= 4; dy++) {
    for (int dx = -4; dx <= 4; dx++) {
      const int ring = ring_of(dx, dy);
      set_function(x + dx, y + dy, ring != 2 && ring != 4);
    }
  }
}

void Symbol::draw_alignment(int x, int y) {
  for (int dy = -2; dy <= 2; dy++) {
    for (int dx = -2; dx <= 2; dx++) {
      set_function(x + dx, y + dy, ring_of(dx, dy) != 1);
    }
  }
}

/// Level M (two zero bits) and the mask, twice (section 7.9.1).
void Symbol::draw_format(int mask) {
  const unsigned bits = with_remainder(static_cast<unsigned>(mask), 5, 0x537, 10) ^ 0x5412;
  for (int index = 0; index <= 5; index++) set_function(8, index, bit_of(bits, index));
  set_function(8, 7, bit_of(bits, 6));
  set_function(8, 8, bit_of(bits, 7));
  set_function(7, 8, bit_of(bits, 8));
  for (int index = 9; index < 15; index++) set_function(14 - index, 8, bit_of(bits, index));
  for (int index = 0; index < 8; index++) set_function(size_ - 1 - index, 8, bit_of(bits, index));
  for (int index = 8; index < 15; index++) set_function(8, size_ - 15 + index, bit_of(bits, index));
  set_function(8, size_ - 8, true);  // always dark
}

/// From version 7 on, twice (section 7.10).
void Symbol::draw_version() {
  if (version_ < 7) return;
  const unsigned bits = with_remainder(static_cast<unsigned>(version_), 6, 0x1f25, 12);
  for (int index = 0; index < 18; index++) {
    const int along = index / 3;
    const int across = size_ - 11 + index % 3;
    set_function(across, along, bit_of(bits, index));
    set_function(along, across, bit_of(bits, index));
  }
}

/// In columns of two, from the right, up and down by turns (section 7.7.3).
void Symbol::draw_codewords(const Codewords& codewords) {
  int bit = 0;
  bool upwards = true;
  for (int right = size_ - 1; right >= 1; right -= 2, upwards = !upwards) {
    if (right == 6) right = 5;  // the vertical timing pattern has a column of its own
    for (int step = 0; step < size_; step++) {
      const int y = upwards ? size_ - 1 - step : step;
      for (int x = right; x > right - 2; x--) {
        if (function_[at(x, y)]) continue;
        const bool more = bit < codewords.count() * 8;
        dark_[at(x, y)] = more && bit_of(codewords[bit / 8], 7 - bit % 8);
        if (more) bit++;
      }
    }
  }
}

void Symbol::apply_mask(int mask) {
  for (int y = 0; y < size_; y++) {
    for (int x = 0; x < size_; x++) {
      if (!function_[at(x, y)] && mask_turns(mask, x, y)) dark_[at(x, y)] = !dark_[at(x, y)];
    }
  }
}

/// How hard the symbol is to read (section 7.8.3, table 11): lower is better.
int Symbol::penalty() const {
  int score = line_penalty(false) + line_penalty(true);
  int count = 0;
  for (int y = 0; y < size_; y++) {
    for (int x = 0; x < size_; x++) {
      const bool here = dark(x, y);
      count += here;
      const bool block = x + 1 < size_ && y + 1 < size_ && dark(x + 1, y) == here &&
                         dark(x, y + 1) == here && dark(x + 1, y + 1) == here;
      if (block) score += 3;
    }
  }
  // 10 for each 5 % that the share of dark modules is away from a half.
  const int total = size_ * size_;
  return score + std::abs(count * 20 - total * 10) / total * 10;
}

/// Runs of five and more, and what looks like a finder with four light modules beside it.
int Symbol::line_penalty(bool vertical) const {
  static constexpr std::array<bool, 7> finder = {true, false, true, true, true, false, true};
  int score = 0;
  for (int line = 0; line < size_; line++) {
    const auto module = [&](int index) { return vertical ? dark(line, index) : dark(index, line); };
    for (int index = 0, run = 1; index < size_; index++, run++) {
      if (index + 1 < size_ && module(index + 1) == module(index)) continue;
      if (run >= 5) score += 3 + run - 5;
      run = 0;
    }
    for (int start = 0; start + 7 <= size_; start++) {
      bool looks = true;
      for (int index = 0; looks && index < 7; index++) looks = module(start + index) == finder[index];
      const auto light = [&](int from) {
        return !module(from) && !module(from + 1) && !module(from + 2) && !module(from + 3);
      };
      if (looks && (light(start - 4) || light(start + 7))) score += 40;
    }
  }
  return score;
}

}  // namespace qr
