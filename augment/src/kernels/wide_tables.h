// Tables of 256 bytes held in registers, 64 look-ups at a time. To be called where has_vbmi() only.
#pragma once

#include <cstdint>

namespace doppel::augment {

/// out[i] = tables[i mod channels][in[i]] for `count` bytes, 1 to 4 channels. In place where in == out.
void look_up_wide(const std::uint8_t (*tables)[256], int channels, const std::uint8_t* in, int count,
                  std::uint8_t* out);

}  // namespace doppel::augment
