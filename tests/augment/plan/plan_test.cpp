#include "doppel/augment/plan/plan.h"

#include <gtest/gtest.h>

#include "augment/test_images.h"
#include "doppel/augment/recipe/catalogue.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

Plan long_plan(std::uint64_t index) {
  std::vector<Transform> all;
  for (const auto& entry : catalogue())
    if (entry.family != "structure" && entry.name != "Standardize")
      all.push_back(entry.make().with_chance(0.5));
  std::stable_partition(all.begin(), all.end(), [](const Transform& t) { return t.name() != "Normalize"; });
  Sample sample;
  sample.image = wavy(30, 44, 3);
  return Recipe(all).draw(sample, Stream{.index = index});
}

TEST(Plan, FusingKeepsSizeAndPoints) {
  for (std::uint64_t i = 0; i < 200; ++i) {
    const Plan plan = long_plan(i), fused = plan.fuse();
    EXPECT_LE(fused.ops.size(), plan.ops.size());
    EXPECT_EQ(fused.size(), plan.size());
    for (const Point p : {Point{3, 4}, {20.5, 11.25}}) {
      const Point a = plan.map(p), b = fused.map(p);
      EXPECT_NEAR(a.x, b.x, 1e-8);
      EXPECT_NEAR(a.y, b.y, 1e-8);
    }
  }
}

}  // namespace
}  // namespace doppel::augment
