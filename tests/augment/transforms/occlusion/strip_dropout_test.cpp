#include "doppel/augment/transforms/occlusion/strip_dropout.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/flat_sample.h"
#include "doppel/augment/recipe/recipe.h"

namespace doppel::augment {
namespace {

TEST(StripDropout, CoversWholeRowsOrColumns) {
  for (const bool across : {true, false}) {
    const IntRange two{2, 2}, none{0, 0};
    const StripDropout strips{
        .rows = across ? two : none, .columns = across ? none : two, .width = {0.1, 0.1}, .p = 1};
    for (std::uint64_t i = 0; i < 50; ++i) {
      cv::Mat out = Recipe{strips}.apply(flat_sample(50, 80, 1, 1), {.index = i}).image;
      if (!across) out = out.t();
      // 5 of 50 rows or 8 of 80 columns each; they may overlap.
      int covered = 0;
      for (int y = 0; y < out.rows; ++y) {
        const int seen = cv::countNonZero(out.row(y));
        EXPECT_TRUE(seen == 0 || seen == out.cols) << seen;
        covered += seen == 0;
      }
      EXPECT_GE(covered, out.rows / 10);
      EXPECT_LE(covered, out.rows / 5);
    }
  }
}

TEST(StripDropout, RowsAndColumnsAreDrawnApart) {
  const Recipe recipe{StripDropout{.rows = {0, 1}, .columns = {0, 1}, .width = {0.1, 0.1}, .p = 1}};
  int none = 0, both = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    const Plan plan = recipe.draw(flat_sample(50, 50, 1), {.index = i});
    none += plan.ops.empty();
    both += !plan.ops.empty() && std::get<op::Cover>(plan.ops[0]).holes.size() == 8;
  }
  EXPECT_NEAR(none, 250, 70);
  EXPECT_NEAR(both, 250, 70);
}

}  // namespace
}  // namespace doppel::augment
