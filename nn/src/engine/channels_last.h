// Between blocks of channels and pixels whose channels all lie side by side.
#pragma once

#include <cstdint>

#include "kernels.h"

namespace doppel::nn::engine {

/// Some of a layout's pixels, of all its rows. The layout's blocks are of 16.
struct Strip {
  ChannelLayout layout;
  int first, count;
};

/// to [rows, count, groups · 16] = those of from [rows, groups, pixels, 16], as bfloat16.
void to_channels_last(const Strip& strip, Numbers from, std::uint16_t* to);
/// Those of to [rows, groups, pixels, 16] = from [rows, count, groups · 16]; both have one type.
void from_channels_last(const Strip& strip, Numbers from, Numbers to);

}  // namespace doppel::nn::engine
