#include "doppel/augment/transforms/crop/object_safe_crop.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(ObjectSafeCrop, KeepsEveryBox) {
  for (std::uint64_t i = 0; i < 3000; ++i) {
    const Stream s{.seed = 4, .index = i};
    Sample sample;
    sample.image = cv::Mat(s.integer("H", 1, 90), s.integer("W", 1, 90), CV_8UC1, cv::Scalar(0));
    const int count = s.integer("count", 1, 4);
    for (int k = 0; k < count; ++k) {
      const Stream b = s.split("box", static_cast<std::uint64_t>(k));
      const double x0 = b.uniform("x", 0, sample.image.cols), y0 = b.uniform("y", 0, sample.image.rows);
      sample.boxes.push_back({x0, y0, b.uniform("X", x0, sample.image.cols) + 1e-3,
                              b.uniform("Y", y0, sample.image.rows) + 1e-3, k, 1});
    }
    const double keep = s.chance("all", 0.5) ? 1 : s.uniform("keep", 0.3, 1);
    const std::size_t visible = Draft(sample).boxes().size();
    const auto drawn = Recipe{ObjectSafeCrop{.keep = keep, .scale = {0.05, 1}}}.draft(sample, s);
    ASSERT_EQ(drawn.boxes.size(), visible) << i;
    for (const Box& b : drawn.boxes) ASSERT_GE(b.visibility, keep - 1e-6) << i;
  }
}

TEST(ObjectSafeCrop, KeepsMasksAndSalientRegions) {
  for (std::uint64_t i = 0; i < 150; ++i) {
    const Stream s{.seed = 5, .index = i};
    Sample sample;
    sample.image = cv::Mat(80, 100, CV_8UC3, cv::Scalar::all(90));
    const cv::Point centre(s.integer("x", 15, 85), s.integer("y", 15, 65));
    cv::circle(sample.image, centre, 8, cv::Scalar(255, 40, 40), cv::FILLED);
    cv::Mat mask(80, 100, CV_8UC1, cv::Scalar(0));
    cv::circle(mask, centre, 8, 1, cv::FILLED);
    const auto kept = [&](const Recipe& recipe) {
      const auto crop = std::get<op::Crop>(recipe.draw(sample, s).ops.at(0));
      return cv::countNonZero(mask(cv::Rect(crop.x, crop.y, crop.size.width, crop.size.height))) /
             double(cv::countNonZero(mask));
    };
    // With no annotation the disc is what stands out.
    EXPECT_GE(kept(Recipe{ObjectSafeCrop{.scale = {0.1, 0.4}}}), 0.7) << i;
    sample.masks = {mask};
    EXPECT_GE(kept(Recipe{ObjectSafeCrop{.keep = 0.8, .scale = {0.1, 0.5}}}), 0.8) << i;
  }
}

TEST(ObjectSafeCrop, GrowsByTheLeastWhereTheWindowIsTooSmall) {
  Sample sample = flat_sample(100, 100, 0.5, 1);
  sample.boxes = {{10, 10, 90, 90, 0, 1}};
  const Recipe small{ObjectSafeCrop{.size = {32, 48}, .scale = {0.05, 0.05}, .ratio = {1, 1}}};
  EXPECT_EQ(small.draw(sample, {}).ops, (std::vector<Op>{op::Crop{10, 10, {80, 80}}, op::Resize{{32, 48}}}));
  // Where it's large enough it has the drawn area and aspect.
  sample.boxes = {{40, 40, 50, 50, 0, 1}};
  const Recipe drawn{ObjectSafeCrop{.scale = {0.16, 0.16}, .ratio = {4, 4}}};
  for (std::uint64_t i = 0; i < 50; ++i)
    EXPECT_EQ(std::get<op::Crop>(drawn.draw(sample, {.index = i}).ops.at(0)).size, (Size{20, 80}));
  EXPECT_EQ(drawn.draw(sample, {}).size(), (Size{100, 100}));
}

}  // namespace
}  // namespace doppel::augment
