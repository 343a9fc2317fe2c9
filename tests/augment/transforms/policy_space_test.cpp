#include "transforms/policy_space.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "augment/test_images.h"
#include "doppel/augment/render/render.h"

namespace doppel::augment {
namespace {

/// The plan that one policy op appends.
Plan policy_plan(const cv::Mat& image, PolicyOp op, double value, std::uint64_t seed) {
  Sample sample;
  sample.image = image;
  Draft draft(sample);
  append_policy_op(draft, op, value, {.seed = seed}, {}, Filter::Nearest);
  return draft.plan();
}

TEST(PolicySpace, EndsWhereThePapersSay) {
  const Size size{331, 662};
  EXPECT_NEAR(space_value(PolicyOp::ShearX, 1, false, size), 0.3, 1e-9);
  EXPECT_NEAR(space_value(PolicyOp::ShearX, 1, true, size), 0.99, 1e-9);
  EXPECT_NEAR(space_value(PolicyOp::TranslateX, 1, false, size), 300, 1e-6);
  EXPECT_NEAR(space_value(PolicyOp::TranslateY, 1, false, size), 150, 1e-6);
  EXPECT_NEAR(space_value(PolicyOp::TranslateX, 1, true, size), 32, 1e-6);
  EXPECT_NEAR(space_value(PolicyOp::Rotate, 1, false, size), 30, 1e-9);
  EXPECT_NEAR(space_value(PolicyOp::Rotate, 1, true, size), 135, 1e-9);
  EXPECT_NEAR(space_value(PolicyOp::Brightness, 1, false, size), 0.9, 1e-9);
  EXPECT_NEAR(space_value(PolicyOp::Sharpness, 1, true, size), 0.99, 1e-9);
  EXPECT_NEAR(space_value(PolicyOp::Posterize, 1, false, size), 4, 1e-9);
  EXPECT_NEAR(space_value(PolicyOp::Posterize, 1, true, size), 2, 1e-9);
  EXPECT_NEAR(space_value(PolicyOp::Solarize, 1, false, size), 0, 1e-9);
  // Bits are whole: bin 4 of 9 takes 16/9 of four away.
  EXPECT_EQ(space_value(PolicyOp::Posterize, 4 / 9.0, false, size), 6);
}

TEST(PolicySpace, WhereRangesBeginNothingChanges) {
  // Solarize begins at the full range and would turn white alone.
  const cv::Mat image = cv::min(wavy(21, 30, 3), 254);
  for (int op = 0; op <= static_cast<int>(PolicyOp::Solarize); ++op)
    for (const bool wide : {false, true}) {
      const auto which = static_cast<PolicyOp>(op);
      const double value = space_value(which, 0, wide, {21, 30});
      EXPECT_EQ(largest_difference(render(policy_plan(image, which, value, 1), image), image), 0)
          << op << " " << wide;
    }
}

TEST(PolicySpace, SignsAreDrawnWhereAnOperationHasThem) {
  const cv::Mat image = wavy(40, 60, 3);
  const Point centre{30, 20};
  int right = 0, brighter = 0;
  constexpr int kDraws = 400;
  for (std::uint64_t seed = 0; seed < kDraws; ++seed) {
    // Translations are whole pixels, shears about the corner, turns about the centre.
    const Point moved = policy_plan(image, PolicyOp::TranslateX, 5.7, seed).map(centre);
    EXPECT_EQ(std::abs(moved.x - 30), 5);
    EXPECT_EQ(moved.y, 20);
    right += moved.x > 30;
    const Plan shear = policy_plan(image, PolicyOp::ShearX, 0.3, seed);
    EXPECT_NEAR(std::abs(shear.map(centre).x - 30), 0.3 * 20, 1e-9);
    EXPECT_NEAR(shear.map({7, 0}).x, 7, 1e-9);
    const Plan turn = policy_plan(image, PolicyOp::Rotate, 30, seed);
    EXPECT_NEAR(turn.map(centre).x, 30, 1e-9);
    EXPECT_NEAR(std::abs(turn.map({40, 20}).y - 20), 5, 1e-9);
    const Plan bright = policy_plan(image, PolicyOp::Brightness, 0.4, seed);
    const double factor = std::get<op::ColorMatrix>(bright.ops.at(0)).matrix[0];
    EXPECT_NEAR(std::abs(factor - 1), 0.4, 1e-9);
    brighter += factor > 1;
    EXPECT_EQ(std::get<op::Posterize>(policy_plan(image, PolicyOp::Posterize, 5, seed).ops.at(0)).bits, 5);
  }
  EXPECT_NEAR(right, kDraws / 2, 50);
  EXPECT_NEAR(brighter, kDraws / 2, 50);
}

TEST(PolicySpace, SharpnessBlendsWithPilsSmoothing) {
  const cv::Mat image = wavy(20, 23, 1, CV_32F);
  cv::Mat smooth, pil = (cv::Mat_<float>(3, 3) << 1, 1, 1, 1, 5, 1, 1, 1, 1);
  cv::filter2D(image, smooth, CV_32F, pil / 13, {-1, -1}, 0, cv::BORDER_REFLECT_101);
  for (const double factor : {0.0, 0.4, 1.0, 1.3}) {
    const cv::Mat out = render({{20, 23}, {sharpness_kernel(factor)}}, image);
    cv::Mat wanted = factor * image + (1 - factor) * smooth;
    wanted = cv::min(cv::max(wanted, 0.0), 1.0);
    EXPECT_LE(cv::norm(out, wanted, cv::NORM_INF), 1e-5) << factor;
  }
}

TEST(PolicySpace, InvertIsANegativeAndAGreyImageHasNoColor) {
  const cv::Mat image = wavy(9, 9, 3);
  const cv::Mat out = render(policy_plan(image, PolicyOp::Invert, 0, 1), image);
  EXPECT_EQ(largest_difference(out, cv::Scalar::all(255) - image), 0);
  EXPECT_TRUE(policy_plan(wavy(9, 9, 1), PolicyOp::Color, 0.5, 1).ops.empty());
  EXPECT_TRUE(policy_plan(image, PolicyOp::Identity, 0, 1).ops.empty());
}

}  // namespace
}  // namespace doppel::augment
