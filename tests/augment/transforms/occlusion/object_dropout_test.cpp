#include "doppel/augment/transforms/occlusion/object_dropout.h"

#include <gtest/gtest.h>

#include <array>
#include <opencv2/core.hpp>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

/// White, with objects 1 and 2, which overlap in half of the second, and 3 apart.
Sample three_objects() {
  Sample sample = flat_sample(40, 60, 1, 1);
  sample.instance_mask = 0;
  sample.masks = {cv::Mat(40, 60, CV_8U, cv::Scalar(0))};
  const cv::Rect places[] = {{5, 5, 20, 10}, {15, 5, 20, 10}, {40, 25, 10, 10}};
  for (int k = 0; k < 3; ++k) {
    const cv::Rect& r = places[k];
    sample.masks[0](r).setTo(k + 1);
    sample.boxes.push_back(
        {double(r.x), double(r.y), double(r.x + r.width), double(r.y + r.height), k, 1, k + 1});
    sample.keypoints.push_back({r.x + 1.0, r.y + 1.0, 0, 1, 0, 1, k + 1});
  }
  return sample;
}

TEST(ObjectDropout, AnObjectGoesWithAllThatIsBoundToIt) {
  const ObjectDropout drop{.share = {0.5, 0.5}, .fill = CoverFill::Color, .p = 1};
  int dropped = 0;
  for (std::uint64_t i = 0; i < 150; ++i) {
    const Sample sample = three_objects(), out = Recipe{drop}.apply(sample, {.index = i});
    cv::Mat wanted = sample.image.clone();
    std::array<bool, 3> kept{};
    for (const Box& box : out.boxes) kept[static_cast<std::size_t>(box.label)] = true;
    for (std::size_t k = 0; k < 3; ++k) {
      const Box& b = sample.boxes[k];
      const cv::Rect place(cv::Point2d(b.x0, b.y0), cv::Point2d(b.x1, b.y1));
      dropped += !kept[k];
      if (!kept[k]) wanted(place).setTo(0);
      int points = 0;
      for (const Keypoint& point : out.keypoints) points += point.instance == b.instance;
      EXPECT_EQ(points, kept[k]);
      if (!kept[k]) { EXPECT_EQ(cv::countNonZero(out.masks[0] == b.instance), 0); }
    }
    EXPECT_EQ(cv::norm(out.image, wanted, cv::NORM_INF), 0) << i;
    // Half of an object is hidden where only its neighbour went.
    for (const Box& box : out.boxes)
      EXPECT_NEAR(box.visibility, box.label < 2 && !kept[static_cast<std::size_t>(1 - box.label)] ? 0.5 : 1,
                  0.02);
  }
  EXPECT_NEAR(dropped, 225, 50);
}

TEST(ObjectDropout, MayTakeAll) {
  const Sample out = Recipe{ObjectDropout{.share = {1, 1}, .p = 1}}.apply(three_objects(), {});
  EXPECT_TRUE(out.boxes.empty());
  EXPECT_TRUE(out.keypoints.empty());
  EXPECT_EQ(cv::countNonZero(out.masks[0]), 0);
}

}  // namespace
}  // namespace doppel::augment
