// Plans as JSON, which is YAML.
#include "doppel/augment/plan/plan_json.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "augment/test_images.h"
#include "doppel/augment/recipe/catalogue.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(PlanJson, ReadsBackToTheSameBits) {
  for (const auto& entry : catalogue()) {
    if (entry.family == "structure") continue;
    Sample sample;
    sample.image = wavy(30, 44, 3);
    for (std::uint64_t i = 0; i < 4; ++i) {
      const Plan plan = Recipe{entry.make().with_chance(1)}.draw(sample, Stream{.index = i});
      ASSERT_EQ(Plan::from_yaml(json_of(plan)), plan) << json_of(plan);
    }
  }
}

TEST(PlanJson, IsOneLine) {
  Plan plan{{30, 40}, {op::Crop{1, 2, {5, 6}}, op::Equalize{}}};
  EXPECT_EQ(json_of(plan),
            R"({"source":[30,40],"ops":[{"Crop":{"x":1,"y":2,"size":[5,6]}},{"Equalize":{}}],"version":1})");
  plan.mask_fill = 255;
  EXPECT_EQ(Plan::from_yaml(json_of(plan)), plan);
  EXPECT_EQ(Plan::from_yaml(json_of(Plan{{3, 4}, {}})), (Plan{{3, 4}, {}}));
}

TEST(PlanJson, HoldsPlansWithinPlans) {
  op::Join join;
  join.plan = {Plan{{8, 9}, {op::Equalize{}}}};
  const Plan plan{{30, 40}, {join}};
  EXPECT_EQ(Plan::from_yaml(json_of(plan)), plan);
}

}  // namespace
}  // namespace doppel::augment
