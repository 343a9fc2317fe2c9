#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "base/yaml_fields.h"
#include "doppel/augment/draft/draft.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/render/render.h"
#include "doppel/augment/transforms/geometry/rotate.h"
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
            "r:1: rules: min_visibility is 50, but must be 0 to 1");
  EXPECT_EQ(error_of([&] { rules("min_area: -1"); }).substr(0, 31), "r:1: rules: min_area is -1, but");
  EXPECT_EQ(error_of([&] { rules("keypoints: keep"); }),
            "r:1: rules: keypoints is 'keep', but must be one of flag, drop");
  EXPECT_EQ(error_of([&] { rules("mirror_pairs: []"); }).substr(0, 36),
            "r:1: rules has no field 'mirror_pair");
}

/// A quarter of a diamond's mask is beyond the image; 3 stays 3, 0 stays 0, and what comes in is 255.
TEST(TargetRules, MasksOfClassesAreFilledAsAsked) {
  Sample sample;
  sample.image = cv::Mat(40, 40, CV_8UC1, cv::Scalar(9));
  cv::Mat classes(40, 40, CV_8UC1, cv::Scalar(0)), instances(40, 40, CV_32S, cv::Scalar(1));
  classes(cv::Rect(18, 18, 4, 4)).setTo(3);
  classes(cv::Rect(10, 18, 4, 4)).setTo(255);
  sample.masks = {classes, instances};
  sample.instance_mask = 1;
  const std::vector<Transform> turn{Rotate{.angle = {45, 45}, .fill = {}, .p = 1}};
  const Sample plain = Recipe(turn).apply(sample, {}),
               filled = Recipe(turn, {.mask_fill = 255}).apply(sample, {});
  EXPECT_EQ(plain.masks[0].at<unsigned char>(0, 0), 0);
  EXPECT_EQ(filled.masks[0].at<unsigned char>(0, 0), 255);
  EXPECT_EQ(filled.masks[0].at<unsigned char>(20, 20), 3);
  EXPECT_EQ(filled.masks[0].at<unsigned char>(30, 30), 0);
  EXPECT_EQ(cv::countNonZero(filled.masks[0] == 3), cv::countNonZero(plain.masks[0] == 3));
  EXPECT_EQ(cv::countNonZero(filled.masks[0] == 255),
            cv::countNonZero(plain.masks[0] == 255) + cv::countNonZero(filled.masks[1] == 0));
  EXPECT_EQ(cv::norm(plain.masks[1], filled.masks[1], cv::NORM_INF), 0) << "instances are filled with none";
  // A plan remembers it.
  const Plan plan = Recipe(turn, {.mask_fill = 255}).draw(sample, {});
  EXPECT_EQ(Plan::from_yaml(plan.yaml()), plan);
  EXPECT_EQ(cv::norm(render_mask(plan, classes), filled.masks[0], cv::NORM_INF), 0);
}

}  // namespace
}  // namespace doppel::augment
