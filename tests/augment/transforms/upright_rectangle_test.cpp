#include "transforms/upright_rectangle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace doppel::augment {
namespace {

TEST(UprightRectangle, IsKnownForQuarterAndEighthTurns) {
  const auto expect = [](double width, double height, double degrees, Extent wanted) {
    const Extent found = largest_upright_rectangle(width, height, degrees);
    EXPECT_NEAR(found.width, wanted.width, 1e-9) << degrees;
    EXPECT_NEAR(found.height, wanted.height, 1e-9) << degrees;
  };
  expect(30, 20, 0, {30, 20});
  expect(30, 20, 180, {30, 20});
  expect(30, 20, 90, {20, 30});
  expect(30, 20, -90, {20, 30});
  expect(2, 2, 45, {std::numbers::sqrt2, std::numbers::sqrt2});
  // Of a long strip at 45 degrees a square of half the diagonal across remains.
  expect(1000, 2, 45, {std::numbers::sqrt2, std::numbers::sqrt2});
}

TEST(UprightRectangle, FitsAndNoOtherShapeIsLarger) {
  for (const double width : {1.0, 3.0, 7.5, 40.0})
    for (const double height : {1.0, 2.0, 9.0})
      for (double degrees = -175; degrees <= 175; degrees += 7) {
        const double c = std::abs(std::cos(degrees * std::numbers::pi / 180)),
                     s = std::abs(std::sin(degrees * std::numbers::pi / 180));
        // How far a centred upright rectangle may be scaled until a corner meets an edge.
        const auto room = [&](double w, double h) {
          return std::min(width / (w * c + h * s), height / (w * s + h * c));
        };
        const Extent found = largest_upright_rectangle(width, height, degrees);
        EXPECT_NEAR(room(found.width, found.height), 1, 1e-9) << width << "x" << height << " " << degrees;
        double most = 0;
        for (double aspect = 0.02; aspect < 50; aspect *= 1.02) {
          const double scale = room(aspect, 1);
          most = std::max(most, scale * scale * aspect);
        }
        EXPECT_LE(most, found.width * found.height * (1 + 1e-9)) << width << "x" << height << " " << degrees;
      }
}

}  // namespace
}  // namespace doppel::augment
