#include <gtest/gtest.h>

#include "base/yaml_fields.h"
#include "doppel/augment/draft/draft.h"
#include "doppel/base/error.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

TEST(TargetRules, AreReadByName) {
  const auto rules = [](const std::string& text) {
    TargetRules read;
    YamlReader reader(load_yaml(text, "r"), "rules", "r");
    read.fields(reader);
    reader.finish({});
    FieldValidator validator("rules");
    read.fields(validator);
    return read;
  };
  EXPECT_EQ(rules(""),
            (TargetRules{.min_area = 0, .min_visibility = 0, .keypoints = TargetRules::Outside::Flag}));
  EXPECT_EQ(rules("min_area: 12.5\nmin_visibility: 0.25\nkeypoints: drop"),
            (TargetRules{.min_area = 12.5, .min_visibility = 0.25, .keypoints = TargetRules::Outside::Drop}));
  EXPECT_EQ(rules("keypoints: flag").keypoints, TargetRules::Outside::Flag);
  EXPECT_EQ(error_of([&] { rules("min_visibility: 50"); }),
            "rules: min_visibility is 50, but must be 0 to 1");
  EXPECT_EQ(error_of([&] { rules("min_area: -1"); }).substr(0, 27), "rules: min_area is -1, but ");
  EXPECT_EQ(error_of([&] { rules("keypoints: keep"); }),
            "r:1: rules: keypoints is 'keep', but must be one of flag, drop");
  EXPECT_EQ(error_of([&] { rules("mirror_pairs: []"); }).substr(0, 36),
            "r:1: rules has no field 'mirror_pair");
}

}  // namespace
}  // namespace doppel::augment
