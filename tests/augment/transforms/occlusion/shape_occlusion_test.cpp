#include "doppel/augment/transforms/occlusion/shape_occlusion.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <opencv2/core.hpp>
#include <set>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

using OccludingShape = ShapeOcclusion::Shape;

TEST(ShapeOcclusion, ShapesHaveTheirSize) {
  for (const OccludingShape shape :
       {OccludingShape::Ellipse, OccludingShape::Triangle, OccludingShape::Stroke}) {
    const ShapeOcclusion one{
        .shape = shape, .count = {1, 1}, .size = {0.2, 0.2}, .fill = ShapeOcclusion::Fill::Color, .p = 1};
    // Of radius 10: a disc; at most an equilateral triangle; at most 40 pixels of a stroke 6 wide, with round
    // ends.
    const double most = shape == OccludingShape::Ellipse    ? 100 * std::numbers::pi
                        : shape == OccludingShape::Triangle ? 75 * std::numbers::sqrt3
                                                            : 40 * 6 + 9 * std::numbers::pi;
    double largest = 0;
    for (std::uint64_t i = 0; i < 100; ++i) {
      const Sample sample = flat_sample(100, 130, 0.5, 1);
      const int covered = cv::countNonZero(Recipe{one}.apply(sample, {.index = i}).image != sample.image);
      EXPECT_LE(covered, 1.08 * most + 8) << static_cast<int>(shape);
      largest = std::max(largest, double(covered));
    }
    EXPECT_GT(largest, 0.6 * most) << static_cast<int>(shape);
  }
}

TEST(ShapeOcclusion, AnyIsEachKindWithColourOrTexture) {
  std::set<op::Shapes::Kind> kinds;
  int textures = 0;
  for (std::uint64_t i = 0; i < 400; ++i) {
    const Plan plan = Recipe{ShapeOcclusion{.p = 1}}.draw(flat_sample(100, 130, 0.5), {.index = i});
    const auto& shapes = std::get<op::Shapes>(plan.ops.at(0));
    kinds.insert(shapes.shape);
    EXPECT_TRUE(shapes.shapes.size() >= shapes.stride() && shapes.shapes.size() <= 4 * shapes.stride());
    textures += shapes.dx != 0 || shapes.dy != 0;
  }
  EXPECT_EQ(kinds.size(), 3U);
  EXPECT_NEAR(textures, 200, 50);
}

TEST(ShapeOcclusion, TextureIsTheImageFromElsewhere) {
  // Two values alone: texture brings no third.
  Sample sample = flat_sample(60, 60, 0.25, 1);
  sample.image.colRange(30, 60).setTo(0.75);
  const ShapeOcclusion texture{.shape = OccludingShape::Ellipse,
                               .count = {4, 4},
                               .size = {0.5, 0.5},
                               .fill = ShapeOcclusion::Fill::Texture,
                               .p = 1};
  int changed = 0;
  for (std::uint64_t i = 0; i < 20; ++i) {
    const cv::Mat out = Recipe{texture}.apply(sample, {.index = i}).image;
    double low = 0, high = 0;
    cv::minMaxLoc(out, &low, &high);
    EXPECT_GE(low, 0.25 - 1e-6);
    EXPECT_LE(high, 0.75 + 1e-6);
    changed += cv::countNonZero(out != sample.image) > 0;
  }
  EXPECT_GE(changed, 18);
}

TEST(ShapeOcclusion, CoveredKeypointsAreHidden) {
  Sample sample = flat_sample(60, 60, 0.5, 1);
  sample.keypoints = {{30.5, 30.5, 0, 1, 0, 1}};
  int hidden = 0;
  for (std::uint64_t i = 0; i < 100; ++i) {
    const Sample out = Recipe{ShapeOcclusion{.shape = OccludingShape::Ellipse,
                                             .size = {0.4, 0.6},
                                             .fill = ShapeOcclusion::Fill::Color,
                                             .p = 1}}
                           .apply(sample, {.index = i});
    const bool covered = std::abs(out.image.at<float>(30, 30) - 0.5F) > 0.02F;
    if (covered) { EXPECT_EQ(out.keypoints[0].visibility, 0); }
    hidden += covered;
  }
  EXPECT_GT(hidden, 10);
}

}  // namespace
}  // namespace doppel::augment
