#include "doppel/augment/render/explain.h"

#include <gtest/gtest.h>

#include "augment/test_images.h"
#include "doppel/augment/render/render.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

TEST(Explain, SaysWhatIsFusedAndWhyAStepEnds) {
  const Plan plan{{40, 60},
                  {op::Crop{4, 4, {32, 48}}, op::Flip{}, op::Gamma{0.8}, op::Solarize{}, op::GaussianBlur{1},
                   op::Resize{{8, 12}}, op::Noise{}}};
  const Explanation found = explain(plan, wavy(40, 60, 3));
  ASSERT_EQ(found.steps.size(), 5U);
  const std::vector<std::string> how{
      "whole pixels moved, none resampled", "one pass over bytes, by one table per channel",
      "a look 4 pixels around each", "one area resampling", "one pass over strips of floats"};
  const std::vector<std::size_t> ops{2, 2, 1, 1, 1};
  for (std::size_t i = 0; i < 5; ++i) {
    const ExplainedStep& step = found.steps[i];
    EXPECT_EQ(step.how, how[i]);
    EXPECT_EQ(step.ops.size(), ops[i]);
    EXPECT_EQ(step.size, i < 3 ? (Size{32, 48}) : (Size{8, 12}));
    EXPECT_EQ(step.reason.empty(), i == 4);
    EXPECT_GT(step.microseconds, 0);
  }
  EXPECT_EQ(found.steps[1].reason, "GaussianBlur reads around each pixel, or the whole image");
  EXPECT_GT(found.microseconds, 0);
  for (const std::string& line : how) EXPECT_NE(found.text().find(line), std::string::npos);
  EXPECT_NE(found.text().find("gives 12x8"), std::string::npos);  // width first, for people
}

TEST(Explain, AnEmptyPlanIsACopyAndAWrongOneAnError) {
  const cv::Mat image = wavy(5, 7, 1);
  const Explanation nothing = explain({{5, 7}, {}}, image);
  EXPECT_TRUE(nothing.steps.empty());
  EXPECT_TRUE(nothing.text().starts_with("nothing to do: the image is copied"));
  const Plan other{{7, 5}, {op::Flip{}}};
  EXPECT_EQ(error_of([&] { explain(other, image); }), error_of([&] { render(other, image); }));
  EXPECT_NE(error_of([&] { explain(other, image); }), "");
}

}  // namespace
}  // namespace doppel::augment
