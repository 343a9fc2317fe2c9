#include "doppel/augment/transforms/crop/letterbox.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <vector>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(Letterbox, FitsAndPadsBothSidesAlike) {
  const auto ops = [](int height, int width, Size size) {
    return Recipe{Letterbox{.size = size}}.draw(flat_sample(height, width, 1), {}).ops;
  };
  EXPECT_EQ(ops(30, 60, {64, 64}), (std::vector<Op>{op::Resize{{32, 64}}, op::Pad{0, 0, 16, 16, {}}}));
  EXPECT_EQ(ops(60, 30, {64, 64}), (std::vector<Op>{op::Resize{{64, 32}}, op::Pad{16, 16, 0, 0, {}}}));
  // An odd pixel goes below.
  EXPECT_EQ(ops(10, 20, {41, 40}), (std::vector<Op>{op::Resize{{20, 40}}, op::Pad{0, 0, 10, 11, {}}}));
  EXPECT_EQ(ops(64, 32, {64, 32}), std::vector<Op>{});
}

TEST(Letterbox, IsExactlyAsLargeAsAsked) {
  for (const Size from : {Size{1, 1}, Size{1, 1000}, Size{999, 3}, Size{101, 77}})
    for (const Size to : {Size{1, 1}, Size{64, 64}, Size{37, 90}})
      EXPECT_EQ(Recipe{Letterbox{.size = to}}.draw(flat_sample(from.height, from.width, 1, 1), {}).size(),
                to);
}

TEST(Letterbox, BarsShowTheFillAndBoxesStayOnTheirObject) {
  Sample sample = flat_sample(10, 20, 1);
  sample.boxes = {{0, 0, 20, 10, 0, 1}};
  const Letterbox box{.size = {40, 40}, .fill = {Fill::Kind::Color, {0.25, 0.5, 0.75, 1}}};
  const Sample out = Recipe{box}.apply(sample, {});
  EXPECT_EQ(out.boxes.at(0), (Box{0, 10, 40, 30, 0, 1}));
  EXPECT_EQ(cv::mean(out.image.rowRange(10, 30)), cv::Scalar(1, 1, 1));
  EXPECT_EQ(cv::mean(out.image.rowRange(0, 10)), cv::Scalar(0.25, 0.5, 0.75));
  EXPECT_EQ(cv::mean(out.image.rowRange(30, 40)), cv::Scalar(0.25, 0.5, 0.75));
}

}  // namespace
}  // namespace doppel::augment
