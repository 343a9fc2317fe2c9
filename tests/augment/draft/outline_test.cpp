#include "draft/outline.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "doppel/base/matrix.h"
#include "doppel/base/random.h"

namespace doppel::augment {
namespace {

double area_of(const std::vector<std::vector<Point>>& pieces) {
  double sum = 0;
  for (const auto& piece : pieces) sum += polygon_area(piece);
  return sum;
}

double length_of(const std::vector<std::vector<Point>>& pieces) {
  double sum = 0;
  for (const auto& piece : pieces)
    for (std::size_t i = 0; i + 1 < piece.size(); ++i)
      sum += std::hypot(piece[i + 1].x - piece[i].x, piece[i + 1].y - piece[i].y);
  return sum;
}

TEST(PolygonWithin, AConcaveOneFallsIntoPieces) {
  // A comb with three teeth; its back is cut away.
  const std::vector<Point> comb{{0, 0},  {10, 0}, {10, 10}, {8, 10}, {8, 2},  {6, 2},
                                {6, 10}, {4, 10}, {4, 2},   {2, 2},  {2, 10}, {0, 10}};
  const auto teeth = polygon_within(comb, {0, 5, 10, 10});
  ASSERT_EQ(teeth.size(), 3U);
  for (const auto& tooth : teeth) EXPECT_DOUBLE_EQ(polygon_area(tooth), 10);
  EXPECT_EQ(polygon_within(comb, {0, 0, 10, 10}).size(), 1U);
  EXPECT_TRUE(polygon_within(comb, {11, 0, 12, 10}).empty());
  EXPECT_TRUE(polygon_within(comb, {8, 3, 8, 9}).empty());  // it touches, and has no area
}

TEST(PolygonWithin, AFrameInsideItIsWhatIsLeft) {
  const auto pieces = polygon_within({{-10, -10}, {30, -12}, {28, 40}, {-15, 35}}, {0, 0, 8, 6});
  ASSERT_EQ(pieces.size(), 1U);
  EXPECT_DOUBLE_EQ(polygon_area(pieces[0]), 48);
}

/// A star whose points lie at random distances: simple, and seldom convex.
std::vector<Point> star(std::uint64_t i) {
  const Stream s{.seed = 4, .index = i};
  std::vector<Point> points;
  const int corners = s.integer("corners", 3, 24);
  for (int k = 0; k < corners; ++k) {
    const double at = 2 * std::numbers::pi * k / corners,
                 r = s.split("corner", static_cast<std::uint64_t>(k)).uniform("r", 2, 40);
    points.push_back({20 + r * std::cos(at), 15 + r * std::sin(at)});
  }
  return points;
}

TEST(PolygonWithin, FourQuartersHaveTheWholeArea) {
  for (std::uint64_t i = 0; i < 500; ++i) {
    const auto polygon = star(i);
    const double far = 1000;
    double sum = 0;
    for (const Frame& quarter : {Frame{-far, -far, 18, 13}, Frame{18, -far, far, 13},
                                 Frame{-far, 13, 18, far}, Frame{18, 13, far, far}})
      sum += area_of(polygon_within(polygon, quarter));
    EXPECT_NEAR(sum, polygon_area(polygon), 1e-9 * std::max(1.0, sum)) << i;
  }
}

TEST(PolygonWithin, CutInTwoStepsItIsCutAsInOne) {
  for (std::uint64_t i = 0; i < 300; ++i) {
    double twice = 0;
    for (const auto& piece : polygon_within(star(i), {5, 0, 60, 30}))
      twice += area_of(polygon_within(piece, {0, 4, 33, 22}));
    EXPECT_NEAR(twice, area_of(polygon_within(star(i), {5, 4, 33, 22})), 1e-9) << i;
  }
}

TEST(LineWithin, SplitsWhereItLeavesAndComesBack) {
  const std::vector<Point> zigzag{{0, -5}, {2, 5}, {4, -5}, {6, 5}};
  const auto pieces = line_within(zigzag, {0, 0, 10, 10});
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_EQ(pieces[0], (std::vector<Point>{{1, 0}, {2, 5}, {3, 0}}));
  EXPECT_EQ(pieces[1], (std::vector<Point>{{5, 0}, {6, 5}}));
  EXPECT_NEAR(length_of(line_within(zigzag, {0, -10, 10, 0})) + length_of(pieces), length_of({zigzag}),
              1e-12);
  EXPECT_TRUE(line_within({{-1, -1}, {-1, 5}}, {0, 0, 10, 10}).empty());
  EXPECT_TRUE(line_within({{-2, 2}, {2, -2}}, {0, 0, 10, 10}).empty());  // through the corner
}

TEST(OutlineOutside, IsTheRest) {
  for (std::uint64_t i = 0; i < 200; ++i) {
    const Outline outline{.points = star(i), .label = 3, .instance = 9};
    const Frame frame{10, 8, 25, 21};
    double sum = 0;
    for (const Outline& piece : outline_outside(outline, frame)) {
      EXPECT_EQ(piece.label, 3);
      EXPECT_EQ(piece.instance, 9);
      sum += polygon_area(piece.points);
    }
    for (const Outline& piece : outline_within(outline, frame)) sum += polygon_area(piece.points);
    EXPECT_NEAR(sum, polygon_area(outline.points), 1e-9) << i;
  }
}

TEST(Subdivided, KeepsCornersAndShortensEdges) {
  const Outline line = subdivided({.points = {{0, 0}, {9, 0}, {9, 1}}, .closed = false}, 2);
  EXPECT_EQ(line.points.size(), 7U);
  EXPECT_EQ(line.points.back(), (Point{9, 1}));
  const Outline square = subdivided({.points = {{0, 0}, {4, 0}, {4, 4}, {0, 4}}}, 2);
  EXPECT_EQ(square.points.size(), 8U);
  EXPECT_DOUBLE_EQ(polygon_area(square.points), 16);
}

}  // namespace
}  // namespace doppel::augment
