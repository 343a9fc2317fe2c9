#include "doppel/base/matrix.h"

#include <gtest/gtest.h>

#include <cmath>

#include "doppel/base/error.h"
#include "doppel/base/random.h"

namespace doppel::augment {
namespace {

TEST(Matrix3, TurnsScalesAndMovesAsOneSeesIt) {
  // Counter-clockwise with y down: right becomes up, up becomes left.
  const Point up = rotation(90)({1, 0}), left = rotation(90)({0, -1});
  EXPECT_NEAR(up.x, 0, 1e-15);
  EXPECT_NEAR(up.y, -1, 1e-15);
  EXPECT_NEAR(left.x, -1, 1e-15);
  EXPECT_NEAR(left.y, 0, 1e-15);
  EXPECT_EQ(translation(3, -4)({1, 1}), (Point{4, -3}));
  EXPECT_EQ(scaling(2, 5)({1, 1}), (Point{2, 5}));
  // (a * b)(p) = a(b(p)).
  EXPECT_EQ((translation(1, 0) * scaling(2, 2))({3, 3}), (Point{7, 6}));
  EXPECT_EQ((scaling(2, 2) * translation(1, 0))({3, 3}), (Point{8, 6}));
}

TEST(Matrix3, InversesUndoAndJacobiansAreSlopes) {
  for (std::uint64_t i = 0; i < 200; ++i) {
    const Stream s{.seed = 3, .index = i};
    const Matrix3 map{{1 + s.uniform("a", -0.3, 0.3), s.uniform("b", -0.3, 0.3), s.uniform("c", -9, 9),
                       s.uniform("d", -0.3, 0.3), 1 + s.uniform("e", -0.3, 0.3), s.uniform("f", -9, 9),
                       i % 2 == 0 ? 0 : s.uniform("g", -0.01, 0.01),
                       i % 2 == 0 ? 0 : s.uniform("h", -0.01, 0.01), 1}};
    EXPECT_EQ(map.is_affine(), i % 2 == 0);
    EXPECT_EQ(inverse(map).is_affine(), i % 2 == 0);
    const Point p{s.uniform("x", 0, 20), s.uniform("y", 0, 20)}, back = inverse(map)(map(p));
    EXPECT_NEAR(back.x, p.x, 1e-9);
    EXPECT_NEAR(back.y, p.y, 1e-9);
    constexpr double h = 1e-4;
    const Point left = map({p.x - h, p.y}), right = map({p.x + h, p.y}), above = map({p.x, p.y - h}),
                below = map({p.x, p.y + h});
    const auto j = map.jacobian(p);
    EXPECT_NEAR(j[0], (right.x - left.x) / (2 * h), 1e-7);
    EXPECT_NEAR(j[1], (below.x - above.x) / (2 * h), 1e-7);
    EXPECT_NEAR(j[2], (right.y - left.y) / (2 * h), 1e-7);
    EXPECT_NEAR(j[3], (below.y - above.y) / (2 * h), 1e-7);
  }
  EXPECT_THROW(inverse(scaling(0, 1)), UsageError);
  EXPECT_THROW(inverse(scaling(std::nan(""), 1)), UsageError);
}

TEST(Matrix3, FourCornersMakeAPerspective) {
  const std::array<Point, 4> from{{{0, 0}, {40, 0}, {40, 30}, {0, 30}}},
      to{{{3, 1}, {38, 4}, {36, 29}, {1, 26}}};
  const Matrix3 map = quad_to_quad(from, to), back = quad_to_quad(to, from);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(map(from[i]).x, to[i].x, 1e-9);
    EXPECT_NEAR(map(from[i]).y, to[i].y, 1e-9);
    EXPECT_NEAR(back(to[i]).x, from[i].x, 1e-9);
  }
  // A perspective keeps lines: the diagonals' crossing goes to the diagonals' crossing.
  const Point cross = map({20, 15});
  const auto side = [](Point a, Point b, Point p) {
    return (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x);
  };
  EXPECT_NEAR(side(to[0], to[2], cross), 0, 1e-9);
  EXPECT_NEAR(side(to[1], to[3], cross), 0, 1e-9);
  EXPECT_THROW(quad_to_quad({{{0, 0}, {1, 0}, {2, 0}, {0, 1}}}, to), UsageError);
}

TEST(PolygonArea, IsTheSameEitherWayRound) {
  const std::array<Point, 3> triangle{{{1, 1}, {5, 1}, {1, 4}}}, round{{{1, 4}, {5, 1}, {1, 1}}};
  EXPECT_EQ(polygon_area(triangle), 6);
  EXPECT_EQ(polygon_area(round), 6);
  const std::array<Point, 6> corner{{{0, 0}, {4, 0}, {4, 1}, {1, 1}, {1, 3}, {0, 3}}};  // not convex
  EXPECT_EQ(polygon_area(corner), 6);
  EXPECT_EQ(polygon_area({}), 0);
}

}  // namespace
}  // namespace doppel::augment
