#include "plan/geometry/run.h"

#include <gtest/gtest.h>

namespace doppel::augment {
namespace {

TEST(GeometryRun, EndsWhereBorderRuleOrFilterWouldChange) {
  constexpr Size kOfRun{30, 40};
  const Fill black{}, mirror{Fill::Kind::Reflect, {}};
  const auto warp = [](const Fill& fill, Filter filter) {
    return op::Warp{translation(1, 0), {20, 20}, fill, filter};
  };
  const auto count = [&](const std::vector<Op>& ops, std::size_t first = 0) {
    return geometry_run(ops, first, kOfRun).count;
  };
  EXPECT_EQ(count({op::Crop{0, 0, {20, 20}}, op::Flip{}, warp(black, Filter::Bilinear),
                   warp(black, Filter::Bilinear)}),
            4U);
  EXPECT_EQ(count({warp(black, Filter::Bilinear), op::Flip{}, warp(mirror, Filter::Bilinear)}), 2U);
  EXPECT_EQ(count({warp(black, Filter::Bilinear), op::Flip{}, warp(black, Filter::Bicubic)}), 2U);
  EXPECT_EQ(count({op::Resize{{9, 9}, Filter::Bicubic}, warp(mirror, Filter::Bicubic)}), 2U);
  EXPECT_EQ(count({op::Resize{{9, 9}, Filter::Bicubic}, warp(mirror, Filter::Bilinear)}), 1U);
  // Pads, pixels and what needs the whole image are no part of it.
  for (const Op& other : {Op(op::Pad{}), Op(op::Gamma{}), Op(op::Resize{{9, 9}, Filter::Area})}) {
    EXPECT_EQ(count({op::Flip{}, other, op::Flip{}}), 1U);
    EXPECT_EQ(count({op::Flip{}, other, op::Flip{}}, 1), 0U);
    EXPECT_EQ(count({op::Flip{}, other, op::Flip{}, op::Flip{}}, 2), 2U);
  }
  EXPECT_EQ(count({}), 0U);
}

TEST(GeometryRun, SaysSizeFillFilterAndBends) {
  const Fill red{Fill::Kind::Color, {1, 0, 0, 1}};
  const std::vector<Op> lattice{op::Flip{op::Flip::Axis::Diagonal}, op::Crop{1, 2, {20, 10}}},
      bent{op::Flip{}, op::Swirl{9, 9, 90, 9, red, Filter::Bicubic}};
  const GeometryRun still = geometry_run(lattice, 0, {30, 40}), swirled = geometry_run(bent, 0, {30, 40});
  EXPECT_EQ(still.size, (Size{20, 10}));
  EXPECT_EQ(still.filter, Filter::Nearest);  // whole pixels
  EXPECT_EQ(still.fill.kind, Fill::Kind::Replicate);
  EXPECT_FALSE(still.bends);
  EXPECT_EQ(swirled.size, (Size{30, 40}));
  EXPECT_EQ(swirled.filter, Filter::Bicubic);
  EXPECT_EQ(swirled.fill, red);
  EXPECT_TRUE(swirled.bends);
}

TEST(GeometryRun, MatricesAreThoseOfItsOpsInTurn) {
  const std::vector<Op> ops{op::Resize{{60, 80}}, op::Crop{10, 5, {50, 60}}, op::Flip{}};
  const Matrix3 map = matrix_of(ops, {30, 40});
  EXPECT_EQ(map({7, 8}), (Point{56, 11}));  // 14, 16; 4, 11; 60 - 4
  EXPECT_EQ(matrix_of({}, {30, 40}), Matrix3());
}

}  // namespace
}  // namespace doppel::augment
