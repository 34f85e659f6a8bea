// Reed–Solomon error correction over GF(256), as QR codes use it (ISO/IEC 18004, section 7.5).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace qr {

/// The error correction codewords for some data codewords.
std::vector<std::uint8_t> error_correction(std::span<const std::uint8_t> data, int count);

}  // namespace qr
