#include "channels_last.h"

#include <cstddef>
#include <cstring>
#include <type_traits>

#include "doppel/base/simd_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "engine/channels_last.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "bf16-inl.h"

HWY_BEFORE_NAMESPACE();
namespace doppel::nn::engine {
namespace HWY_NAMESPACE {

constexpr std::size_t kSide = 16;  ///< channels side by side

template <class From, class To>
HWY_INLINE void CopyBlock(const From* HWY_RESTRICT from, To* HWY_RESTRICT to) {
  if constexpr (std::is_same_v<From, To>)
    std::memcpy(to, from, kSide * sizeof(To));
  else
    for (std::size_t i = 0; i < kSide; ++i) to[i] = from[i];
}

/// Calls move(number among blocks, number among pixels) for every block of 16. Blocks of two pixels, a line
/// of the cache, go together: planes often lie a power of two apart, where the first cache can't keep the
/// lines of all of them until the next pixel comes.
template <class Move>
HWY_INLINE void WalkBlocks(const Strip& strip, Move move) {
  const auto groups = static_cast<std::size_t>(strip.layout.groups),
             plane = static_cast<std::size_t>(strip.layout.pixels),
             skipped = static_cast<std::size_t>(strip.first), pixels = static_cast<std::size_t>(strip.count);
  for (std::size_t row = 0; row < static_cast<std::size_t>(strip.layout.rows); ++row)
    for (std::size_t pixel = 0; pixel < pixels; pixel += 2)
      for (std::size_t group = 0; group < groups; ++group) {
        const std::size_t in_blocks = (row * groups + group) * plane + skipped + pixel,
                          in_pixels = (row * pixels + pixel) * groups + group;
        move(in_blocks * kSide, in_pixels * kSide);
        if (pixel + 1 < pixels) move((in_blocks + 1) * kSide, (in_pixels + groups) * kSide);
      }
}

void ToChannelsLast(const Strip& strip, const Numbers& from, std::uint16_t* to) {
  Typed(from, [&](const auto* blocks) {
    WalkBlocks(strip, [&](std::size_t at, std::size_t place)
                          HWY_ATTR { CopyBlock(blocks + at, reinterpret_cast<Bf16*>(to) + place); });
  });
}

void FromChannelsLast(const Strip& strip, const Numbers& from, const Numbers& to) {
  Typed(to, [&](auto* blocks) {
    const auto* const pixels = static_cast<const decltype(blocks)>(from.at);
    WalkBlocks(strip,
               [&](std::size_t at, std::size_t place) HWY_ATTR { CopyBlock(pixels + place, blocks + at); });
  });
}

}  // namespace HWY_NAMESPACE
}  // namespace doppel::nn::engine
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace doppel::nn::engine {

HWY_EXPORT(ToChannelsLast);
HWY_EXPORT(FromChannelsLast);

void to_channels_last(const Strip& strip, Numbers from, std::uint16_t* to) {
  HWY_DYNAMIC_DISPATCH(ToChannelsLast)(strip, from, to);
}
void from_channels_last(const Strip& strip, Numbers from, Numbers to) {
  expect_one_type(from, to);
  HWY_DYNAMIC_DISPATCH(FromChannelsLast)(strip, from, to);
}

}  // namespace doppel::nn::engine
#endif
