#include "doppel/augment/transforms/noise/salt_pepper.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/transforms/noise/level_moments.h"

namespace doppel::augment {
namespace {

TEST(SaltPepper, TurnsWholePixelsWhiteOrBlackByTheirShares) {
  const auto share = [](const cv::Mat& image, float level) {
    int count = 0;
    for (const auto& pixel : cv::Mat_<cv::Vec3f>(image)) count += pixel == cv::Vec3f::all(level);
    return count / double(image.total());
  };
  for (const double amount : {0.1, 1.0})
    for (const double salt : {0.0, 0.3, 1.0}) {
      const cv::Mat out = on_level(SaltPepper{{amount, amount}, {salt, salt}, 1}, 0.5);
      EXPECT_NEAR(share(out, 1), amount * salt, 0.007) << amount << " " << salt;
      EXPECT_NEAR(share(out, 0), amount * (1 - salt), 0.007) << amount << " " << salt;
      EXPECT_NEAR(share(out, 0) + share(out, 1) + share(out, 0.5F), 1, 1e-9);  // no others
    }
}

TEST(SaltPepper, HitsBytesWhereItHitsFloats) {
  Sample bytes;
  bytes.image = cv::Mat(40, 200, CV_8UC3, cv::Scalar::all(100));
  const Recipe recipe{SaltPepper{{0.2, 0.2}, {0.5, 0.5}, 1}};
  cv::Mat floats;
  recipe.apply(flat_sample(40, 200, 100 / 255.0), {}).image.convertTo(floats, CV_8U, 255);
  EXPECT_EQ(cv::norm(recipe.apply(bytes, {}).image, floats, cv::NORM_INF), 0);
}

}  // namespace
}  // namespace doppel::augment
