#include "draft/polygon.h"

#include <gtest/gtest.h>

#include <cmath>

#include "doppel/base/random.h"

namespace doppel::augment {
namespace {

TEST(Polygon, IsClippedToARectangle) {
  const std::vector<Point> square{{0, 0}, {4, 0}, {4, 4}, {0, 4}}, diamond{{2, 0}, {4, 2}, {2, 4}, {0, 2}};
  EXPECT_EQ(clip_polygon(square, -1, -1, 9, 9), square);
  EXPECT_EQ(polygon_area(clip_polygon(square, 1, 2, 3, 9)), 4);
  EXPECT_EQ(polygon_area(clip_polygon(diamond, 0, 0, 2, 4)), 4);  // half of it
  EXPECT_EQ(polygon_area(clip_polygon(diamond, 1, 1, 3, 3)), 4);
  EXPECT_TRUE(clip_polygon(square, 5, 0, 9, 4).empty());
  EXPECT_TRUE(clip_polygon({}, 0, 0, 1, 1).empty());
  // What two halves hold is the whole.
  for (std::uint64_t i = 0; i < 200; ++i) {
    const Stream s{.index = i};
    const auto box = corners_of({s.uniform("x", 0, 9), s.uniform("y", 0, 9), s.uniform("w", 1, 9),
                                 s.uniform("h", 1, 9), s.uniform("angle", 0, 360)});
    const double at = s.uniform("at", 0, 9), left = polygon_area(clip_polygon(box, -99, -99, at, 99)),
                 right = polygon_area(clip_polygon(box, at, -99, 99, 99));
    EXPECT_NEAR(left + right, polygon_area(box), 1e-9);
  }
}

TEST(Polygon, HoldsWhatLiesInside) {
  const std::vector<Point> corner{{0, 0}, {4, 0}, {4, 1}, {1, 1}, {1, 3}, {0, 3}};  // not convex
  for (const Point in : {Point{0.5, 0.5}, {3.5, 0.5}, {0.5, 2.5}}) EXPECT_TRUE(polygon_holds(corner, in));
  for (const Point out : {Point{2, 2}, {-1, 0.5}, {5, 0.5}, {0.5, 4}})
    EXPECT_FALSE(polygon_holds(corner, out));
  EXPECT_FALSE(polygon_holds({}, {0, 0}));
  const Box hull = hull_of(corner);
  EXPECT_EQ(hull, (Box{0, 0, 4, 3}));
}

TEST(Polygon, EdgesAreCutToALength) {
  const std::vector<Point> triangle{{0, 0}, {6, 0}, {0, 8}};
  const auto fine = subdivided(triangle, 2.5);
  ASSERT_EQ(fine.size(), 3U + 4 + 4);  // 6, 10 and 8 pixels
  double around = 0;
  for (std::size_t i = 0; i < fine.size(); ++i) {
    const Point a = fine[i], b = fine[(i + 1) % fine.size()];
    EXPECT_LE(std::hypot(b.x - a.x, b.y - a.y), 2.5);
    around += std::hypot(b.x - a.x, b.y - a.y);
  }
  EXPECT_NEAR(around, 24, 1e-12);
  EXPECT_EQ(subdivided(triangle, 1e-6).size(), 3U * 64);
  EXPECT_EQ(subdivided(triangle, 100), triangle);
}

TEST(Polygon, RotatedBoxesAreFittedBackToTheirCorners) {
  // Turned by a quarter, the width stands upright; angles are counter-clockwise with y down.
  const auto upright = corners_of({10, 20, 6, 2, 90});
  EXPECT_NEAR(hull_of(upright).x0, 9, 1e-12);
  EXPECT_NEAR(hull_of(upright).y1, 23, 1e-12);
  const auto slanted = corners_of({0, 0, 20, 0, 30});
  EXPECT_NEAR(slanted[1].x, 10 * std::cos(0.5235987755982988), 1e-12);
  EXPECT_NEAR(slanted[1].y, -5, 1e-12);  // its right end is up
  for (std::uint64_t i = 0; i < 200; ++i) {
    const Stream s{.index = i};
    const RotatedBox box{s.uniform("x", -9, 9), s.uniform("y", -9, 9), s.uniform("w", 0.1, 30),
                         s.uniform("h", 0.1, 30), s.uniform("angle", -360, 360)};
    const RotatedBox again = fitted(corners_of(box), box.angle);
    EXPECT_NEAR(again.x, box.x, 1e-9);
    EXPECT_NEAR(again.y, box.y, 1e-9);
    EXPECT_NEAR(again.width, box.width, 1e-9);
    EXPECT_NEAR(again.height, box.height, 1e-9);
    EXPECT_EQ(again.angle, box.angle);
    // No rectangle at another angle is smaller than a rectangle.
    const RotatedBox other = fitted(corners_of(box), s.uniform("other", 0, 360));
    EXPECT_GE(other.width * other.height, box.width * box.height - 1e-9);
  }
}

}  // namespace
}  // namespace doppel::augment
