// Tables of 256 bytes held in registers, 64 look-ups at a time: AVX-512 VBMI, for which Highway 1.0 has no
// target.
#pragma once

#include <cstdint>

namespace doppel::augment {

/// True where this processor can.
bool has_wide_tables();

/// out[i] = tables[i mod channels][in[i]] for `count` bytes, 1 to 4 channels. In place where in == out.
void look_up_wide(const std::uint8_t (*tables)[256], int channels, const std::uint8_t* in, int count,
                  std::uint8_t* out);

}  // namespace doppel::augment
