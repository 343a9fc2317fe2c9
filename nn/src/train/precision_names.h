// What number types are called in settings.
#pragma once

#include <array>
#include <string_view>

namespace doppel::nn {

inline constexpr std::array<std::string_view, 2> kPrecisions{"f32", "bf16"};

}  // namespace doppel::nn
