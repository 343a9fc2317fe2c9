#include "render/stages/color_steps.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "augment/render/through.h"
#include "augment/test_images.h"

namespace doppel::augment {
namespace {

/// Rows of three planes, and what stages are made from.
struct ColorSteps : testing::Test {
  static constexpr int kWidth = 75;  // no whole vectors
  std::pmr::monotonic_buffer_resource memory;
  ImageStats stats;
  StageContext context{{1, kWidth}, 3, stats, &memory};
  std::array<std::array<float, kWidth>, 3> planes{};

  PixelRow fill() {
    for (std::size_t c = 0; c < 3; ++c)
      for (std::size_t x = 0; x < kWidth; ++x)
        planes[c][x] = static_cast<float>((x * (7 + 4 * c) + 5 * c) % 75) / 74;
    return {0, kWidth, 3, {planes[0].data(), planes[1].data(), planes[2].data()}};
  }
  StagePtr mix() { return make_matrix_stage({{.5, .4, .3, -.1, .1, .8, .1, 0, -.2, .3, .9, .1}}, context); }
};

TEST_F(ColorSteps, ScalesAndMixesAreClamped) {
  fill();
  const auto before = planes;
  make_scale_stage({2, 0.5, 1}, {-0.3, 0.1, 0.5}, context)->run(fill());
  const auto scaled = planes;
  mix()->run(fill());
  for (std::size_t x = 0; x < kWidth; ++x) {
    EXPECT_NEAR(scaled[0][x], std::clamp(2 * before[0][x] - 0.3F, 0.F, 1.F), 1e-6);
    EXPECT_NEAR(scaled[2][x], std::clamp(before[2][x] + 0.5F, 0.F, 1.F), 1e-6);
    const float mixed = -0.2F * before[0][x] + 0.3F * before[1][x] + 0.9F * before[2][x] + 0.1F;
    EXPECT_NEAR(planes[2][x], std::clamp(mixed, 0.F, 1.F), 1e-6);
  }
}

TEST_F(ColorSteps, JoinedStepsAreThoseOneAfterTheOther) {
  const auto scale = make_scale_stage({1.2, 0.9, 1}, {0, 0.1, -0.2}, context);
  const auto hsv = make_hsv_stage({0.1, 1.5, 0, 0.1}, context);
  const PixelRow row = fill();
  for (const StagePtr& stage : {make_scale_stage({1.2, 0.9, 1}, {0, 0.1, -0.2}, context), mix(),
                                make_hsv_stage({0.1, 1.5, 0, 0.1}, context)})
    stage->run(row);
  const auto expected = planes;
  EXPECT_TRUE(scale->is_table());
  EXPECT_TRUE(scale->join(*mix()));
  EXPECT_TRUE(scale->join(*hsv));
  EXPECT_FALSE(scale->is_table());
  scale->run(fill());
  for (std::size_t c = 0; c < 3; ++c)
    for (std::size_t x = 0; x < kWidth; ++x) EXPECT_NEAR(planes[c][x], expected[c][x], 1e-5);
  // Six at most.
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(scale->join(*hsv));
  EXPECT_FALSE(scale->join(*hsv));
}

TEST_F(ColorSteps, OneMatrixRunsOnBytesAlphaApart) {
  const auto matrix = mix();
  ASSERT_TRUE(matrix->takes_bytes());
  EXPECT_TRUE(matrix->rounds_bytes());
  const cv::Mat rgba = wavy(1, kWidth, 4);
  cv::Mat out(rgba.size(), rgba.type());
  matrix->run_bytes(rgba.ptr(), out.ptr(), 4, 0, kWidth);
  for (int x = 0; x < kWidth; ++x) {
    const auto p = rgba.at<cv::Vec4b>(0, x), q = out.at<cv::Vec4b>(0, x);
    EXPECT_NEAR(q[1], std::clamp(0.1 * p[0] + 0.8 * p[1] + 0.1 * p[2], 0.0, 255.0), 0.6);
    EXPECT_EQ(q[3], p[3]);
  }
  EXPECT_TRUE(matrix->join(*mix()));
  EXPECT_FALSE(matrix->takes_bytes());
}

TEST_F(ColorSteps, HsvIsThatOfOpenCv) {
  const cv::Mat image = wavy(20, 30, 3, CV_32F);
  const op::Hsv o{.turn = 0.13, .gain = 1.2, .saturation = -0.05, .value = 0.1};
  cv::Mat hsv, expected;
  cv::cvtColor(image, hsv, cv::COLOR_RGB2HSV);
  for (auto& p : cv::Mat_<cv::Vec3f>(hsv)) {
    p[0] = std::fmod(p[0] + 360 * 0.13F, 360.F);
    p[1] = std::clamp(p[1] * 1.2F - 0.05F, 0.F, 1.F);
    p[2] = std::clamp(p[2] + 0.1F, 0.F, 1.F);
  }
  cv::cvtColor(hsv, expected, cv::COLOR_HSV2RGB);
  EXPECT_LT(cv::norm(through(o, image), expected, cv::NORM_INF), 1e-4);
  // Grey has no hue: more saturation leaves it grey.
  const cv::Vec3f grey =
      through(op::Hsv{.turn = 0.3, .saturation = 0.5}, flat_image(1, 1, {0.4, 0.4, 0.4})).at<cv::Vec3f>(0);
  EXPECT_LT(cv::norm(grey - cv::Vec3f(0.4F, 0.4F, 0.4F)), 1e-6);
  EXPECT_NEAR(through(op::Hsv{.value = -0.1}, flat_image(1, 1, cv::Scalar(0.4), 1)).at<float>(0), 0.3, 1e-6);
}

}  // namespace
}  // namespace doppel::augment
