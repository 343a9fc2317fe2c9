#include "doppel/augment/transforms/noise/film_grain.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/transforms/noise/level_moments.h"

namespace doppel::augment {
namespace {

TEST(FilmGrain, LargerGrainsAreLikeTheirNeighbours) {
  const auto alike = [](double size) {
    const cv::Mat n =
        on_level(FilmGrain{.size = {size, size}, .std = {0.05, 0.05}, .p = 1}, 0.5, 256, 1) - 0.5;
    return n.colRange(1, 256).dot(n.colRange(0, 255)) / n.dot(n);
  };
  EXPECT_NEAR(alike(0.001), 0, 0.02);  // a pixel each
  EXPECT_GT(alike(4 / 256.0), 0.4);
  EXPECT_GT(alike(16 / 256.0), alike(4 / 256.0) + 0.1);
}

TEST(FilmGrain, GrainsAreAShareOfTheShortSideAndAtLeastAPixel) {
  const auto grain = [](int height, int width, double size) {
    const Plan plan =
        Recipe{FilmGrain{{size, size}, {0.05, 0.05}, 1}}.draw(flat_sample(height, width, 0.5), {});
    return std::get<op::FilmGrain>(plan.ops.at(0)).size;
  };
  EXPECT_NEAR(grain(200, 500, 0.02), 4, 1e-9);
  EXPECT_NEAR(grain(500, 200, 0.02), 4, 1e-9);
  EXPECT_EQ(grain(20, 50, 0.02), 1);
  for (const double size : {0.001, 0.02}) {
    const FilmGrain any{{size, size}, {0.05, 0.05}, 1};
    EXPECT_NEAR(level_moments(on_level(any, 0.5, 256, 1)).deviation, 0.05, 0.005) << size;
  }
}

}  // namespace
}  // namespace doppel::augment
