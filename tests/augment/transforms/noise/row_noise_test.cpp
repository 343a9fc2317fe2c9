#include "doppel/augment/transforms/noise/row_noise.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/transforms/noise/level_moments.h"

namespace doppel::augment {
namespace {

TEST(RowNoise, RowsAndColumnsHaveTheirOwnDeviations) {
  const auto out = [](double rows, double columns, int height, int width) {
    return Recipe{RowNoise{{rows, rows}, {columns, columns}, 1}}
        .apply(flat_sample(height, width, 0.5, 1), {})
        .image;
  };
  const LevelMoments of_rows = level_moments(out(0.05, 0, 4000, 1)),
                     of_columns = level_moments(out(0, 0.03, 1, 4000));
  EXPECT_NEAR(of_rows.mean, 0.5, 0.004);
  EXPECT_NEAR(of_rows.deviation, 0.05, 0.003);
  EXPECT_NEAR(of_rows.kurtosis, 3, 0.4);
  EXPECT_NEAR(of_columns.deviation, 0.03, 0.002);
  // Both: the sum of a row's and a column's.
  const cv::Mat both = out(0.05, 0.03, 60, 200);
  EXPECT_GT(cv::norm(both.row(1), both.row(0), cv::NORM_INF), 0.001);
  EXPECT_GT(cv::norm(both.col(1), both.col(0), cv::NORM_INF), 0.001);
  for (int y = 1; y < 60; ++y) {
    const cv::Mat apart = both.row(y) - both.row(0);
    EXPECT_LE(cv::norm(apart - apart.at<float>(0, 0), cv::NORM_INF), 1e-5) << y;
  }
}

}  // namespace
}  // namespace doppel::augment
