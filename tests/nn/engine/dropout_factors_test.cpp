// Dropout's draws beside Random123's.
#include <Random123/philox.h>
#include <gtest/gtest.h>

#include <vector>

#include "engine/kernels.h"

namespace doppel::nn::engine {
namespace {

TEST(DropoutFactors, AreThoseOfRandom123) {
  const DropoutDraws draws{0x12345678U, 0x9abcdef0U, 77, (std::uint64_t{3} << 32) + 5, 1U << 30, 1.5F};
  for (const std::size_t first : {0U, 4U, 1024U})
    for (const std::size_t count : {1U, 7U, 128U, 333U}) {
      std::vector<float> factors(count + 1, -1);
      dropout_factors(draws, first, count, factors.data());
      for (std::size_t i = 0; i < count; ++i) {
        const auto words = r123::Philox4x32()({{static_cast<std::uint32_t>((first + i) / 4), 77U, 5U, 3U}},
                                              {{draws.key0, draws.key1}});
        ASSERT_EQ(factors[i], words[(first + i) % 4] < draws.limit ? 0.F : 1.5F) << first << ' ' << i;
      }
      EXPECT_EQ(factors[count], -1);
    }
}

TEST(DropoutFactors, ScaleChannelsOfEveryLayout) {
  for (const int block : {1, 8, 16}) {
    const ChannelLayout layout{2, 3, 5, block};
    const auto channels = static_cast<std::size_t>(2 * 3 * block);
    std::vector<float> from(channels * 5), to(from.size()), factors(channels);
    for (std::size_t i = 0; i < from.size(); ++i) from[i] = static_cast<float>(i % 17);
    for (std::size_t i = 0; i < channels; ++i) factors[i] = static_cast<float>(i % 3);
    scale_channels(layout, {from.data(), false}, factors.data(), {to.data(), false});
    for (std::size_t i = 0; i < from.size(); ++i) {
      const std::size_t wide = static_cast<std::size_t>(block);
      ASSERT_EQ(to[i], from[i] * factors[i / (5 * wide) * wide + i % wide]);
    }
  }
}

}  // namespace
}  // namespace doppel::nn::engine
