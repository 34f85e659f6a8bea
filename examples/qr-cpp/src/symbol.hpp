// The square of modules that makes up a QR code.
#pragma once

#include <array>

#include "codewords.hpp"

namespace qr {

class Symbol {
  static constexpr int modules_max = size_of(version_max) * size_of(version_max);

 public:
  /// Draws the codewords of a version with the mask that scores best.
  Symbol(int version, const Codewords& codewords);

  int size() const { return size_; }
  /// Whether a module is dark; outside the symbol all are light.
  bool dark(int x, int y) const;

 private:
  void draw_function_patterns();
  void draw_finder(int x, int y);
  void draw_alignment(int x, int y);
  void draw_version();
  void draw_format(int mask);
  void draw_codewords(const Codewords& codewords);
  void apply_mask(int mask);
  int penalty() const;
  int line_penalty(bool vertical) const;
  void set_function(int x, int y, bool dark);
  int at(int x, int y) const { return y * size_ + x; }

  int version_;
  int size_;
  std::array<bool, modules_max> dark_{};
  /// Modules that are not data: neither codewords nor masks touch them.
  std::array<bool, modules_max> function_{};
};

}  // namespace qr
