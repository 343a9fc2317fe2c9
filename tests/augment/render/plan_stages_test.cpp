#include "render/plan_stages.h"

#include <gtest/gtest.h>

namespace doppel::augment {
namespace {

TEST(PlanStages, GeometryThenPixelsThenOneWholeOp) {
  const std::vector<Op> ops{
      op::Crop{0, 0, {20, 20}}, op::Flip{}, op::Gamma{}, op::Solarize{}, op::GaussianBlur{},
      op::Pad{1, 1, 1, 1, {}},  op::Gamma{}};
  const PlanStage first = plan_stage(ops, 0, {30, 40});
  EXPECT_EQ(first.pixels, 2U);
  EXPECT_EQ(first.last, 4U);
  EXPECT_TRUE(first.whole);
  EXPECT_EQ(first.geometry.count, 2U);
  EXPECT_EQ(first.geometry.size, (Size{20, 20}));
  EXPECT_EQ(first.next(), 5U);
  const PlanStage second = plan_stage(ops, first.next(), {20, 20});  // a wall is a whole op
  EXPECT_EQ(second.pixels, 5U);
  EXPECT_EQ(second.last, 5U);
  EXPECT_TRUE(second.whole);
  const PlanStage third = plan_stage(ops, second.next(), {22, 22});
  EXPECT_EQ(third.pixels, 6U);
  EXPECT_EQ(third.last, 7U);
  EXPECT_FALSE(third.whole);
  EXPECT_EQ(third.next(), ops.size());
}

TEST(PlanStages, GeometryAfterPixelsBeginsAnother) {
  const std::vector<Op> ops{op::Gamma{}, op::Flip{}};
  const PlanStage stage = plan_stage(ops, 0, {3, 4});
  EXPECT_EQ(stage.geometry.count, 0U);
  EXPECT_EQ(stage.next(), 1U);
  EXPECT_FALSE(stage.whole);
  EXPECT_EQ(plan_stage({}, 0, {3, 4}).next(), 0U);
}

}  // namespace
}  // namespace doppel::augment
