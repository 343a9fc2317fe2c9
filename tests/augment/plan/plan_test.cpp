#include "doppel/augment/plan/plan.h"

#include <gtest/gtest.h>

#include "augment/test_images.h"
#include "doppel/augment/recipe/catalogue.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/base/error.h"

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

TEST(Plan, YamlReadsBackToTheSameBits) {
  for (std::uint64_t i = 0; i < 200; ++i) {
    const Plan plan = long_plan(i);
    ASSERT_EQ(Plan::from_yaml(plan.yaml()), plan) << plan.yaml();
  }
}

TEST(Plan, WrongYamlSaysWhere) {
  EXPECT_THROW(Plan::from_yaml("ops: []"), UsageError);
  EXPECT_THROW(Plan::from_yaml("source: [a, b]\nops: []"), UsageError);
  try {
    Plan::from_yaml("source: [4, 4]\nops:\n- Crp: {}\n", "p.yaml");
    FAIL();
  } catch (const UsageError& error) { EXPECT_STREQ(error.what(), "p.yaml:3: there is no op 'Crp'"); }
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

TEST(Plan, TextIsShort) {
  const Plan plan{{10, 10}, {op::Crop{1, 2, {5, 6}}, op::Flip{}, op::Resize{{8, 8}}}};
  EXPECT_EQ(plan.text(), "crop 6x5 at 1,2 · flip horizontal · resize 8x8");
  EXPECT_EQ(Plan{}.text(), "unchanged");
}

TEST(Plan, WarpsAreSaidInWords) {
  const auto words = [](const Matrix3& map, Size to = {40, 60}) {
    const Matrix3 about = translation(to.width / 2.0, to.height / 2.0) * map * translation(-30, -20);
    return Plan{{40, 60}, {op::Warp{about, to, {}}}}.words();
  };
  EXPECT_EQ(words(rotation(12)), "rotate 12° left");
  EXPECT_EQ(words(rotation(-3.44)), "rotate 3.4° right");
  EXPECT_EQ(words(scaling(1.08, 1.08)), "zoom 1.08");
  EXPECT_EQ(words(scaling(0.912, 1.2)), "width x0.91, height x1.2");
  EXPECT_EQ(words(scaling(0.912, 1)), "width x0.91");
  EXPECT_EQ(words(Matrix3{{1, 0.25, 0, 0, 1, 0, 0, 0, 1}}), "shear 14° left");
  EXPECT_EQ(words(translation(4, -2.25)), "move 4 right 2.3 up");
  EXPECT_EQ(words(translation(0, 31.4)), "move 31 down");
  EXPECT_EQ(words(scaling(-1, 1)), "flip horizontal");
  EXPECT_EQ(words(rotation(180) * scaling(-1, 1)), "flip vertical");
  EXPECT_EQ(words(translation(-4, 2) * rotation(20) * scaling(-1.5, 1.5)),
            "flip horizontal, zoom 1.5, rotate 20° left, move 4 left 2 down");
  EXPECT_EQ(words(rotation(90), {60, 40}), "rotate 90° left, onto 40x60");
  EXPECT_EQ(words(rotation(0.01)), "hardly moved");
  EXPECT_EQ(words(Matrix3{{1, 0, 0, 0, 1, 0, 1e-3, 0, 1}}), "perspective");
  EXPECT_EQ(words(scaling(0, 1)), "warp");
}

TEST(Plan, TextShowsMatricesBehindTheWords) {
  const Plan plan{{10, 10}, {op::Warp{translation(2, 1), {10, 10}, {}}, op::Jpeg{30}}};
  EXPECT_EQ(plan.words(), "move 2 right 1 down · jpeg quality 30");
  EXPECT_EQ(plan.text(), "move 2 right 1 down [1 0 2; 0 1 1] · jpeg quality 30");
}

}  // namespace
}  // namespace doppel::augment
