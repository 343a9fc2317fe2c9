#include "doppel/augment/transforms/policy/test_time.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <vector>

#include "augment/flat_sample.h"
#include "augment/test_images.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/render/render.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

void expect_view_at(Point p, double x, double y) {
  EXPECT_NEAR(p.x, x, 1e-9);
  EXPECT_NEAR(p.y, y, 1e-9);
}

TEST(TestTime, ViewsAreEachScaleEachCropAndItsMirrorImage) {
  EXPECT_EQ(TestTime{}.count(), 2);
  EXPECT_EQ((TestTime{.flips = false, .crops = 5}.count()), 6);
  const TestTime all{.crops = 5, .window = 0.5, .scales = {1, 2}};
  const Size source{40, 60};
  ASSERT_EQ(all.count(), 24);
  const std::vector<Plan> plans = all.plans(source);
  ASSERT_EQ(plans.size(), 24U);
  // The whole image, the corners, the centre: where the window's corner lies is what comes to the origin.
  const Point places[] = {{0, 0}, {0, 0}, {30, 0}, {0, 20}, {30, 20}, {15, 10}};
  for (std::size_t k = 0; k < 12; ++k) {
    const Point corner = places[k / 2], moved = plans[k].map(corner);
    EXPECT_EQ(plans[k].size(), source);
    expect_view_at(moved, k % 2 == 1 ? 60 : 0, 0);  // odd ones are mirrored
    const double share = k < 2 ? 1 : 0.5;
    expect_view_at(plans[k].map({corner.x + 60 * share, corner.y + 40 * share}), k % 2 == 1 ? 0 : 60, 40);
  }
  // Twice as large about the centre.
  expect_view_at(plans[12].map({30, 20}), 30, 20);
  expect_view_at(plans[12].map({31, 18}), 32, 16);
}

TEST(TestTime, EpochsShowTheViewsInTurn) {
  Sample sample;
  sample.image = wavy(20, 30, 3);
  const TestTime views{.size = {10, 12}, .crops = 5};
  const std::vector<Plan> plans = views.plans({20, 30});
  for (std::uint64_t epoch = 0; epoch < 30; ++epoch)
    for (const std::uint64_t seed : {1, 2}) {
      const Plan plan = Recipe{views}.draw(sample, {.seed = seed, .epoch = epoch});
      EXPECT_EQ(plan, plans[epoch % plans.size()]);
      EXPECT_EQ(plan.size(), (Size{10, 12}));
    }
  // The first is the image itself where nothing is resized, the second its mirror image.
  cv::Mat mirrored;
  cv::flip(sample.image, mirrored, 1);
  EXPECT_EQ(largest_difference(render(TestTime{}.plan({20, 30}, 0), sample.image), sample.image), 0);
  EXPECT_EQ(largest_difference(render(TestTime{}.plan({20, 30}, 1), sample.image), mirrored), 0);
}

TEST(TestTime, SmallerScalesShowAReflectedBorder) {
  const TestTime half{.flips = false, .scales = {0.5}};
  const cv::Mat out = Recipe{half}.apply(flat_sample(20, 20, 0.7), {}).image;
  EXPECT_LE(cv::norm(out - cv::Scalar::all(0.7), cv::NORM_INF), 1e-5);
}

TEST(TestTime, OtherCropsAreRefused) {
  EXPECT_EQ(error_of([] { Transform(TestTime{.crops = 3}); }), "TestTime: crops is 1 or 5");
  EXPECT_EQ(error_of([] { Transform(TestTime{.scales = {}}); }),
            "TestTime: scales must name at least one scale");
}

}  // namespace
}  // namespace doppel::augment
