#include "transforms/color_matrices.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <opencv2/core.hpp>

#include "augment/test_images.h"
#include "doppel/augment/render/render.h"

namespace doppel::augment {
namespace {

TEST(ColorMatrices, TorchvisionsFormulasHoldOverTheCube) {
  const auto on_pixel = [](const Op& op, const cv::Vec3d& color) -> cv::Vec3d {
    const cv::Mat image(1, 1, CV_32FC3, cv::Scalar(color[0], color[1], color[2]));
    return render({{1, 1}, {op}}, image).at<cv::Vec3f>(0, 0);
  };
  for (double r = 0; r <= 1; r += 0.125)
    for (double g = 0; g <= 1; g += 0.125)
      for (double b = 0; b <= 1; b += 0.125) {
        const cv::Vec3d c{r, g, b};
        const double luma = 0.299 * r + 0.587 * g + 0.114 * b;
        const auto bright = on_pixel(brightness_matrix(1.3), c), gray = on_pixel(saturation_matrix(0.4), c);
        for (int k = 0; k < 3; ++k) {
          EXPECT_NEAR(bright[k], std::min(1.0, 1.3 * c[k]), 1e-6);
          EXPECT_NEAR(gray[k], 0.4 * c[k] + 0.6 * luma, 1e-6);
        }
      }
}

TEST(ColorMatrices, AlphaIsLeftAloneByAllThatFollows) {
  cv::Mat image = wavy(12, 13, 4);
  const Plan plan{{12, 13},
                  {brightness_matrix(0.2),
                   op::Noise{op::Noise::Law::Additive, op::Noise::Distribution::Normal,
                             op::Noise::Channels::Each, 0.3, 1},
                   op::GaussianBlur{2}, op::Jpeg{40}}};
  cv::Mat before, after;
  cv::extractChannel(image, before, 3);
  cv::extractChannel(render(plan, image), after, 3);
  EXPECT_EQ(largest_difference(before, after), 0);
}

}  // namespace
}  // namespace doppel::augment
