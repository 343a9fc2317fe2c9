#include "doppel/augment/transforms/crop/random_resized_crop.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(RandomResizedCrop, DrawsAreaAndLogAspectEvenly) {
  const Sample sample = flat_sample(1000, 1000, 0.5, 1);
  const Recipe recipe{RandomResizedCrop{.scale = {0.1, 0.6}}};
  std::array<int, 5> areas{}, aspects{};
  for (std::uint64_t i = 0; i < 5000; ++i) {
    const Plan plan = recipe.draw(sample, {.index = i});
    const Size c = std::get<op::Crop>(plan.ops.at(0)).size;
    const double area = double(c.height) * c.width / 1e6,
                 aspect = std::log(double(c.width) / c.height) / std::log(4.0 / 3);
    ++areas[static_cast<std::size_t>(std::clamp(int((area - 0.1) / 0.1), 0, 4))];
    ++aspects[static_cast<std::size_t>(std::clamp(int((aspect + 1) / 0.4), 0, 4))];
  }
  for (const int n : areas) EXPECT_NEAR(n, 1000, 140);
  for (const int n : aspects) EXPECT_NEAR(n, 1000, 140);
}

TEST(RandomResizedCrop, FallsBackToTheLargestCentredWindow) {
  // At least 0.08 of the area at an aspect of 4:3 is higher than such an image.
  const Recipe recipe{RandomResizedCrop{.size = {32, 48}}};
  for (std::uint64_t i = 0; i < 20; ++i) {
    EXPECT_EQ(recipe.draw(flat_sample(9, 1000, 0.5), {.index = i}).ops,
              (std::vector<Op>{op::Crop{494, 0, {9, 12}}, op::Resize{{32, 48}}}));
    EXPECT_EQ(recipe.draw(flat_sample(1000, 9, 0.5), {.index = i}).ops,
              (std::vector<Op>{op::Crop{0, 494, {12, 9}}, op::Resize{{32, 48}}}));
  }
}

TEST(RandomResizedCrop, IsAsLargeAsAskedOrAsTheImage) {
  for (const Size from : {Size{1, 1}, Size{3, 2}, Size{50, 70}})
    for (std::uint64_t i = 0; i < 20; ++i) {
      const Sample sample = flat_sample(from.height, from.width, 0.5);
      EXPECT_EQ(Recipe{RandomResizedCrop{}}.draw(sample, {.index = i}).size(), from);
      EXPECT_EQ((Recipe{RandomResizedCrop{.size = {7, 0}}}.draw(sample, {.index = i}).size()),
                (Size{7, from.width}));
    }
}

}  // namespace
}  // namespace doppel::augment
