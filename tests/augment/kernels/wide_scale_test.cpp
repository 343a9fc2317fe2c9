#include "kernels/wide_scale.h"

#include <gtest/gtest.h>

#include <cmath>

#include "augment/kernels/twins.h"
#include "kernels/scale.h"
#include "kernels/vbmi.h"

namespace doppel::augment {
namespace {

TEST(WideScale, InEightsIsTheSameAsInPairs) {
  if (!has_vbmi()) GTEST_SKIP() << "this processor has no AVX-512 VBMI";
  for (const int channels : {3, 4})
    for (const double step : {0.3, 1.0, 1.37, 2.0})
      for (const int width : {3, 8, 29, 40})
        for (const bool flipped : {false, true}) {
          const int last = width - 1, pixels = static_cast<int>(last * step + 0.4) + 2;
          const auto row = some_bytes(pixels * channels);  // not a byte more than there must be
          std::vector<int> first, second;
          std::vector<std::int16_t> shares;
          for (int x = 0; x < width; ++x) {
            const double at = (flipped ? last - x : x) * step + 0.4;
            first.push_back(static_cast<int>(at) * channels);
            second.push_back(first.back() + channels);
            shares.insert(shares.end(), 4, static_cast<std::int16_t>((at - std::floor(at)) * 32768));
          }
          const auto eights =
              scale_eights(first.data(), shares.data(), 1, width, channels, pixels * channels);
          EXPECT_EQ(eights.size(), static_cast<std::size_t>((width - 1) / 8));
          std::vector<std::int16_t> wide(static_cast<std::size_t>(width * channels + kScalePadding)),
              plain = wide;
          ScaleTaps taps{first.data(), second.data(), shares.data(), width, width, width};
          scale_across(row.data(), taps, channels, plain.data());
          taps.begin = 1;
          taps.end = 1 + 8 * static_cast<int>(eights.size());
          taps.eights = eights;
          scale_across(row.data(), taps, channels, wide.data());
          EXPECT_EQ(wide, plain) << channels << " channels, " << width << " pixels, step " << step;
        }
}

}  // namespace
}  // namespace doppel::augment
