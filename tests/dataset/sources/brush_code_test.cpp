#include "sources/brush_code.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "error_of.h"

namespace doppel::dataset {
namespace {

/// Bits put together by hand, of an image of 5 x 3 whose pixels are 255 four times where the mask is set and
/// 0 elsewhere; set are those from 4 to 10, row by row. 16 repeated bytes, 28, 3 as they are, 13, with
/// lengths of 8, 16, 3 and 4 bits.
const std::vector<unsigned char> kBrush{0, 0, 0, 60, 57, 27, 254, 15, 0, 224, 3, 127, 225, 0, 0, 0, 92, 0};

TEST(BrushCode, IsTheAlphaOfAnRgbaImage) {
  const cv::Mat alpha = brush_alpha(kBrush, {3, 5});
  for (int k = 0; k < 15; ++k) EXPECT_EQ(alpha.data[k], k >= 4 && k <= 10 ? 255 : 0) << k;
}

TEST(BrushCode, DamageIsAnError) {
  for (std::size_t keep = 0; keep + 1 < kBrush.size(); ++keep)
    EXPECT_NE(error_of([&] { brush_alpha({kBrush.data(), keep}, {3, 5}); }), "") << keep;
  EXPECT_NE(error_of([&] { brush_alpha(kBrush, {5, 5}); }).find("where an image of 5 x 5 has 100"),
            std::string::npos);
}

}  // namespace
}  // namespace doppel::dataset
