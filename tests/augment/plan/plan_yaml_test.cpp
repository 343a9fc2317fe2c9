// Plans from and to YAML.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "augment/test_images.h"
#include "doppel/augment/plan/plan.h"
#include "doppel/augment/recipe/catalogue.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/base/error.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

/// All transforms' ops, half of them at a time.
Plan plan_of_all(std::uint64_t index) {
  std::vector<Transform> all;
  for (const auto& entry : catalogue())
    if (entry.family != "structure" && entry.name != "Standardize")
      all.push_back(entry.make().with_chance(0.5));
  std::stable_partition(all.begin(), all.end(), [](const Transform& t) { return t.name() != "Normalize"; });
  Sample sample;
  sample.image = wavy(30, 44, 3);
  return Recipe(all).draw(sample, Stream{.index = index});
}

TEST(PlanYaml, ReadsBackToTheSameBits) {
  for (std::uint64_t i = 0; i < 12; ++i) {
    const Plan plan = plan_of_all(i);
    ASSERT_EQ(Plan::from_yaml(plan.yaml()), plan) << plan.yaml();
  }
}

TEST(PlanYaml, IsWrittenAsPeopleReadIt) {
  const Plan plan{{30, 40}, {op::Crop{1, 2, {5, 6}}, op::Equalize{}}};
  EXPECT_EQ(plan.yaml(),
            "source: [30, 40]\nops:\n  - Crop: {x: 1, y: 2, size: [5, 6]}\n  - Equalize: {}\nversion: 1\n");
  // What isn't written is as it is by default; the version may be left out.
  EXPECT_EQ(Plan::from_yaml("ops: [Crop: {size: [5, 6]}]\nsource: [30, 40]"),
            (Plan{{30, 40}, {op::Crop{0, 0, {5, 6}}}}));
  EXPECT_EQ(Plan::from_yaml("source: [3, 4]\nops:"), (Plan{{3, 4}, {}}));
}

TEST(PlanYaml, WhatIsWrongIsNamedWithItsLine) {
  const auto problem = [](const std::string& text) {
    return error_of([&] { Plan::from_yaml(text, "p.yaml"); });
  };
  const std::string head = "source: [4, 4]\nops:\n";
  EXPECT_EQ(problem(head + "- Crp: {}\n"), "p.yaml:3: there is no op 'Crp'");
  EXPECT_EQ(problem(head + "- Flip: {}\n- Gamma: {gama: 2}\n"),
            "p.yaml:4: Gamma has no field 'gama'; did you mean 'gamma'?");
  EXPECT_EQ(problem(head + "- Flip\n"), "p.yaml:3: an op is its name with a map of fields");
  EXPECT_EQ(problem(head + "- {Flip: {}, Crop: {}}\n"), "p.yaml:3: an op is its name with a map of fields");
  for (const char* text :
       {"ops: []", "source: [4, 4]", "source: [4]\nops: []", "source: 4\nops: []", "[]", "~"})
    EXPECT_EQ(problem(text), "p.yaml:1: a plan needs source: [height, width] and ops: […]") << text;
  EXPECT_EQ(problem("source: [a, b]\nops: []"), "p.yaml:1: source needs two whole numbers, [height, width]");
  EXPECT_EQ(problem("source: [4, 4]\nversion: 2\nops: []"),
            "p.yaml:2: this plan has version 2; this program reads 1");
  EXPECT_THROW(Plan::from_yaml("ops: ["), UsageError);
}

TEST(PlanYaml, PlansWithinPlansEndSomewhere) {
  const auto nested = [](int levels) {
    Plan plan{{4, 4}, {op::Flip{}}};
    for (int i = 0; i < levels; ++i) plan = {{4, 4}, {op::Blend{{plan}, {1}}}};
    return plan;
  };
  EXPECT_EQ(Plan::from_yaml(nested(3).yaml()), nested(3));
  EXPECT_EQ(Plan::from_yaml(nested(20).yaml()), nested(20));
  EXPECT_THAT(error_of([&] { Plan::from_yaml(nested(40).yaml()); }), testing::HasSubstr("nested"));
}

}  // namespace
}  // namespace doppel::augment
