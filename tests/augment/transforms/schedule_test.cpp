#include "doppel/augment/transforms/schedule.h"

#include <gtest/gtest.h>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/transforms/color/brightness.h"
#include "doppel/augment/transforms/flip/horizontal_flip.h"
#include "doppel/augment/transforms/flip/vertical_flip.h"
#include "doppel/augment/transforms/geometry/rotate.h"
#include "doppel/augment/transforms/structure/maybe.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

/// How many ops are drawn at a share of training.
std::size_t ops_at(const Recipe& recipe, double share) {
  return recipe.draw(flat_sample(8, 8, 0.5, 3), Stream{.seed = 1, .share = share}).ops.size();
}

/// The widest of 200 angles, in degrees: of the op's matrix.
double widest_angle(const Recipe& recipe, double share) {
  double widest = 0;
  for (std::uint64_t i = 0; i < 200; ++i) {
    const Plan plan = recipe.draw(flat_sample(32, 32, 0.5, 3), Stream{.index = i, .share = share});
    if (plan.ops.empty()) continue;
    const Point a = plan.map({16, 16}), b = plan.map({17, 16});
    widest = std::max(widest, std::abs(std::atan2(b.y - a.y, b.x - a.x)) * 57.29577951308232);
  }
  return widest;
}

TEST(Schedule, ATransformMayBeginAndEnd) {
  const Recipe recipe{Transform(HorizontalFlip{.p = 1}).during(0.25, 0.9), VerticalFlip{.p = 1}};
  for (const auto& [share, ops] :
       {std::pair{0.0, 1U}, {0.24, 1U}, {0.25, 2U}, {0.89, 2U}, {0.9, 1U}, {1.0, 1U}})
    EXPECT_EQ(ops_at(recipe, share), ops) << share;
  EXPECT_EQ(ops_at(Recipe{Transform(HorizontalFlip{.p = 1}).during(0.5, 1)}, 1), 1U);
}

TEST(Schedule, RangesAndChancesGrow) {
  const Transform last = Rotate{.angle = {-40, 40}, .p = 1};
  const Recipe recipe{Transform(last).growing_from(Rotate{.angle = {0, 0}, .p = 1})};
  EXPECT_LT(widest_angle(recipe, 0), 1e-9);
  EXPECT_NEAR(widest_angle(recipe, 0.5), 20, 1);
  EXPECT_NEAR(widest_angle(recipe, 1), 40, 1);
  const Recipe late{Transform(last).growing_from(Rotate{.angle = {0, 0}, .p = 1}).during(0.5, 1)};
  EXPECT_EQ(ops_at(late, 0.4), 0U);
  EXPECT_NEAR(widest_angle(late, 0.75), 20, 1);
  const Recipe chance{Transform(HorizontalFlip{.p = 1}).growing_from(HorizontalFlip{.p = 0})};
  int drawn = 0;
  for (std::uint64_t i = 0; i < 1000; ++i)
    drawn +=
        static_cast<int>(chance.draw(flat_sample(8, 8, 0.5, 3), Stream{.index = i, .share = 0.3}).ops.size());
  EXPECT_NEAR(drawn, 300, 50);
}

TEST(Schedule, OtherDrawsStayAsTheyWere) {
  const Recipe plain{Rotate{.p = 1}, Brightness{.p = 1}};
  const Recipe scheduled{Rotate{.p = 1}, Transform(Brightness{.p = 1}).during(0, 0.5)};
  const Sample sample = flat_sample(16, 16, 0.5, 3);
  const Plan early = scheduled.draw(sample, Stream{.seed = 4}), all = plain.draw(sample, Stream{.seed = 4});
  EXPECT_EQ(early, all);
  const Plan late = scheduled.draw(sample, Stream{.seed = 4, .share = 0.5});
  ASSERT_EQ(late.ops.size() + 1, all.ops.size());
  EXPECT_EQ(late.ops[0], all.ops[0]);
}

TEST(Schedule, IsFoundWithinOthersAndWrittenAsYaml) {
  EXPECT_FALSE((Recipe{HorizontalFlip{}}.has_schedule()));
  EXPECT_TRUE((Recipe{Maybe{.what = {Transform(HorizontalFlip{}).during(0, 0.5)}, .p = 1}}.has_schedule()));
  const Recipe recipe = Recipe::from_yaml(
      "- Rotate: {angle: [-30, 30], p: 0.9, from: 0.1, until: 0.8, start: {angle: [-5, 5], p: 0.2}}\n");
  const Schedule& schedule = recipe.transforms()[0].schedule();
  EXPECT_EQ(schedule.from, 0.1);
  EXPECT_EQ(schedule.until, 0.8);
  ASSERT_TRUE(schedule.start);
  EXPECT_EQ(schedule.start->chance(), 0.2);
  EXPECT_EQ(Recipe::from_yaml(recipe.yaml()).yaml(), recipe.yaml());
  EXPECT_TRUE(Recipe::from_yaml(recipe.yaml()).transforms()[0].schedule().start);
}

TEST(Schedule, WhatIsNoPartOfTrainingIsRefused) {
  const auto problem = [](const std::string& fields) {
    return error_of([&] { (void)Recipe::from_yaml("- Rotate: {" + fields + "}\n", "r"); });
  };
  EXPECT_EQ(problem("from: 0.5, until: 0.5"),
            "r:1: Rotate: from 0.5 until 0.5 is no part of training, which goes from 0 to 1");
  EXPECT_EQ(problem("until: 90"), "r:1: until needs a share of training, from 0 to 1");
  EXPECT_EQ(problem("from: soon"), "r:1: from needs a share of training, from 0 to 1");
  EXPECT_EQ(problem("start: 3"), "r:1: start needs the fields that are others at first, as {p: 0.1}");
  EXPECT_NE(problem("start: {angel: 3}").find("did you mean 'angle'"), std::string::npos);
  EXPECT_EQ(error_of([] { (void)Transform(HorizontalFlip{}).growing_from(VerticalFlip{}); }),
            "HorizontalFlip can't grow from VerticalFlip");
}

}  // namespace
}  // namespace doppel::augment
