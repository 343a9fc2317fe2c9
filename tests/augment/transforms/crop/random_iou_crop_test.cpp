#include "doppel/augment/transforms/crop/random_iou_crop.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

TEST(RandomIouCrop, OverlapsABoxByTheLeastAndKeepsWhatIsCentredInIt) {
  Sample sample = flat_sample(300, 400, 0.5, 1);
  sample.boxes = {{10, 10, 130, 100, 0, 1}, {100, 90, 330, 290, 1, 1}, {350, 10, 390, 60, 2, 1}};
  int cropped = 0;
  for (const double least : {0.0, 0.3, 0.7})
    for (std::uint64_t i = 0; i < 150; ++i) {
      const Drawn drawn = Recipe{RandomIouCrop{.options = {least}, .p = 1}}.draft(sample, {.index = i});
      if (drawn.plan.ops.empty()) {  // none in 40 tries
        EXPECT_EQ(drawn.boxes.size(), 3U);
        continue;
      }
      ++cropped;
      const auto crop = std::get<op::Crop>(drawn.plan.ops[0]);
      const double x1 = crop.x + crop.size.width, y1 = crop.y + crop.size.height,
                   aspect = double(crop.size.width) / crop.size.height;
      EXPECT_GE(crop.size.width, 0.3 * 400 - 1);
      EXPECT_GE(crop.size.height, 0.3 * 300 - 1);
      EXPECT_TRUE(aspect >= 0.5 && aspect <= 2) << aspect;
      double best = 0;
      std::size_t centred = 0;
      for (const Box& b : sample.boxes) {
        const double x = (b.x0 + b.x1) / 2, y = (b.y0 + b.y1) / 2;
        const bool inside = x > crop.x && x < x1 && y > crop.y && y < y1;
        centred += inside;
        EXPECT_EQ(inside, std::ranges::count(drawn.boxes, b.label, &Box::label) == 1) << i;
        const double common = std::max(0.0, std::min(b.x1, x1) - std::max(b.x0, double(crop.x))) *
                              std::max(0.0, std::min(b.y1, y1) - std::max(b.y0, double(crop.y)));
        const double both = (x1 - crop.x) * (y1 - crop.y) + (b.x1 - b.x0) * (b.y1 - b.y0) - common;
        if (inside) best = std::max(best, common / both);
      }
      EXPECT_GE(centred, 1U);
      EXPECT_GE(best, least) << i;
    }
  EXPECT_GT(cropped, 300);
}

TEST(RandomIouCrop, OneMeansNoCropAndNoneIsRefused) {
  Sample sample = flat_sample(30, 40, 0.5);
  sample.boxes = {{5, 5, 20, 20, 0, 1}};
  const Recipe sometimes{RandomIouCrop{.options = {0, 1}, .p = 1}};
  int whole = 0;
  for (std::uint64_t i = 0; i < 400; ++i) {
    EXPECT_TRUE((Recipe{RandomIouCrop{.options = {1}, .p = 1}}.draw(sample, {.index = i}).ops.empty()));
    whole += sometimes.draw(sample, {.index = i}).ops.empty();
  }
  EXPECT_NEAR(whole, 200, 50);
  EXPECT_EQ(error_of([] { Recipe{RandomIouCrop{.options = {}}}; }), "RandomIouCrop: options is empty");
}

TEST(RandomIouCrop, WithoutObjectsAnyWindowWillDo) {
  int cropped = 0;
  for (std::uint64_t i = 0; i < 100; ++i)
    cropped += !Recipe{RandomIouCrop{.options = {0.9}, .p = 1}}
                    .draw(flat_sample(30, 40, 0.5), {.index = i})
                    .ops.empty();
  EXPECT_GT(cropped, 95);
  EXPECT_EQ(Recipe{RandomIouCrop{.p = 1}}.draw(flat_sample(1, 1, 0.5), {.seed = 4}).size(), (Size{1, 1}));
}

}  // namespace
}  // namespace doppel::augment
