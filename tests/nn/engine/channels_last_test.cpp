#include "engine/channels_last.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <vector>

namespace doppel::nn::engine {
namespace {

/// Exact in bfloat16, another one for each place within 256.
float value_at(std::size_t i) { return static_cast<float>(i % 256) - 100; }
std::uint16_t upper_half(float v) {
  return static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(v) >> 16);
}

TEST(ChannelsLast, EachNumberGoesToItsPixel) {
  for (const ChannelLayout layout : {ChannelLayout{2, 3, 5, 16}, {1, 1, 1, 16}, {3, 2, 8, 16}}) {
    const std::size_t groups = static_cast<std::size_t>(layout.groups),
                      pixels = static_cast<std::size_t>(layout.pixels),
                      all = static_cast<std::size_t>(layout.rows) * groups * pixels * 16;
    std::vector<float> floats(all);
    std::vector<std::uint16_t> words(all), from_floats(all), from_words(all), back(all);
    for (std::size_t i = 0; i < all; ++i) words[i] = upper_half(floats[i] = value_at(i));
    to_channels_last({layout, 0, layout.pixels}, {floats.data(), false}, from_floats.data());
    to_channels_last({layout, 0, layout.pixels}, {words.data(), true}, from_words.data());
    EXPECT_EQ(from_floats, from_words);
    for (std::size_t i = 0; i < all; ++i) {
      const std::size_t lane = i % 16, pixel = i / 16 % pixels, group = i / 16 / pixels % groups,
                        row = i / 16 / pixels / groups;
      EXPECT_EQ(from_words[((row * pixels + pixel) * groups + group) * 16 + lane], words[i]) << i;
    }
    from_channels_last({layout, 0, layout.pixels}, {from_words.data(), true}, {back.data(), true});
    EXPECT_EQ(back, words);
  }
}

TEST(ChannelsLast, FloatsComeBackAsTheyAre) {
  const ChannelLayout layout{2, 2, 7, 16};
  std::vector<float> turned(2 * 2 * 7 * 16), blocks(turned.size());
  for (std::size_t i = 0; i < turned.size(); ++i) turned[i] = value_at(i) / 3;
  from_channels_last({layout, 0, layout.pixels}, {turned.data(), false}, {blocks.data(), false});
  // Row 1, group 1, pixel 6, lane 5.
  EXPECT_EQ(blocks[((2 + 1) * 7 + 6) * 16 + 5], turned[((7 + 6) * 2 + 1) * 16 + 5]);
  EXPECT_THROW(from_channels_last({layout, 0, layout.pixels}, {turned.data(), false}, {blocks.data(), true}),
               std::logic_error);
}

TEST(ChannelsLast, AStripIsThosePixelsOfTheWhole) {
  const ChannelLayout layout{2, 3, 9, 16};
  std::vector<std::uint16_t> blocks(2 * 3 * 9 * 16), whole(blocks.size()), back(blocks.size());
  for (std::size_t i = 0; i < blocks.size(); ++i) blocks[i] = static_cast<std::uint16_t>(i);
  to_channels_last({layout, 0, 9}, {blocks.data(), true}, whole.data());
  for (const auto& [first, count] : {std::pair{0, 4}, {4, 3}, {7, 2}}) {
    std::vector<std::uint16_t> strip(static_cast<std::size_t>(2 * count * 48));
    to_channels_last({layout, first, count}, {blocks.data(), true}, strip.data());
    for (int row = 0; row < 2; ++row)
      EXPECT_TRUE(std::equal(strip.begin() + row * count * 48, strip.begin() + (row + 1) * count * 48,
                             whole.begin() + (row * 9 + first) * 48));
    from_channels_last({layout, first, count}, {strip.data(), true}, {back.data(), true});
  }
  EXPECT_EQ(back, blocks);
}

TEST(ChannelsLast, FloatsAreRoundedToTheNearest) {
  std::vector<float> floats(16);
  floats[0] = 1 + 1.0F / 256;   // a tie, to even
  floats[1] = 1 + 3.0F / 256;   // a tie, to even
  floats[2] = 1 + 1.01F / 256;  // a little more than half
  std::vector<std::uint16_t> turned(16);
  to_channels_last({{1, 1, 1, 16}, 0, 1}, {floats.data(), false}, turned.data());
  EXPECT_EQ(turned[0], 0x3f80);
  EXPECT_EQ(turned[1], 0x3f82);
  EXPECT_EQ(turned[2], 0x3f81);
}

}  // namespace
}  // namespace doppel::nn::engine
