#include "doppel/augment/plan/op.h"

#include <gtest/gtest.h>

#include <set>

namespace doppel::augment {
namespace {

/// One of each kind, as it is by default.
template <std::size_t... I>
std::vector<Op> one_of_each_op(std::index_sequence<I...>) {
  return {std::variant_alternative_t<I, AnyOp>()...};
}

TEST(Op, NamesAreUniqueAndOnlyGeometryMovesAnything) {
  std::set<std::string_view> names;
  for (const Op& op : one_of_each_op(std::make_index_sequence<std::variant_size_v<AnyOp>>())) {
    EXPECT_TRUE(names.insert(name_of(op)).second) << name_of(op);
    EXPECT_EQ(op, Op(op));
    const OpKind kind = kind_of(op);
    if (std::holds_alternative<op::Custom>(op)) continue;  // what is registered says it
    if (kind == OpKind::Geometry || kind == OpKind::Wall) continue;
    EXPECT_EQ(size_after(op, {12, 34}), (Size{12, 34})) << name_of(op);
    EXPECT_EQ(move_point(op, {12, 34}, {5, 6}), (Point{5, 6})) << name_of(op);
    EXPECT_EQ(map_of(op, {12, 34}), Matrix3()) << name_of(op);
  }
}

TEST(Op, KindsFollowTheFields) {
  for (const Filter filter : {Filter::Nearest, Filter::Bilinear, Filter::Bicubic})
    EXPECT_EQ(kind_of(op::Resize{{4, 4}, filter}), OpKind::Geometry);
  for (const Filter filter : {Filter::Area, Filter::Lanczos})
    EXPECT_EQ(kind_of(op::Resize{{4, 4}, filter}), OpKind::Whole);
  for (const CoverFill fill : {CoverFill::Color, CoverFill::Noise, CoverFill::Mean})
    EXPECT_EQ(kind_of(op::Cover{.fill = fill}), OpKind::Pixel);
  EXPECT_EQ(kind_of(op::Cover{.fill = CoverFill::Blur}), OpKind::Whole);
  // A shape that shows the image from elsewhere reads around itself.
  EXPECT_EQ(kind_of(op::Shapes{}), OpKind::Pixel);
  EXPECT_EQ(kind_of(op::Shapes{.dy = 1}), OpKind::Whole);
  EXPECT_EQ(kind_of(op::Pad{}), OpKind::Wall);
}

TEST(Op, PointsAndSizesMoveAsTheImageDoes) {
  constexpr Size kOfOp{30, 40};
  struct Case {
    Op op;
    Point to;  ///< of (10, 5)
    Size size;
  };
  using Axis = op::Flip::Axis;
  for (const Case& c : {Case{op::Crop{4, 3, {20, 10}}, {6, 2}, {20, 10}},
                        {op::Flip{Axis::Horizontal}, {30, 5}, {30, 40}},
                        {op::Flip{Axis::Vertical}, {10, 25}, {30, 40}},
                        {op::Flip{Axis::Diagonal}, {5, 10}, {40, 30}},
                        {op::Resize{{60, 20}}, {5, 10}, {60, 20}},
                        {op::Resize{{60, 20}, Filter::Lanczos}, {5, 10}, {60, 20}},
                        {op::Warp{translation(1, 2), {7, 8}, {}}, {11, 7}, {7, 8}},
                        {op::Pad{1, 2, 3, 4, {}}, {11, 8}, {37, 43}},
                        {op::Bulge{10, 5, 9, 0.5, {}}, {10, 5}, {30, 40}},
                        {op::Tiles{2, 2, {3, 2, 1, 0}}, {10, 5}, {30, 40}},
                        {op::Gamma{2}, {10, 5}, {30, 40}}}) {
    const Point moved = move_point(c.op, kOfOp, {10, 5});
    EXPECT_NEAR(moved.x, c.to.x, 1e-5) << name_of(c.op);
    EXPECT_NEAR(moved.y, c.to.y, 1e-5) << name_of(c.op);
    EXPECT_EQ(size_after(c.op, kOfOp), c.size) << name_of(c.op);
  }
  // A bend moves points, though it has no matrix.
  const Op pulled = op::Bulge{10, 5, 9, 0.5, {}};
  EXPECT_GT(move_point(pulled, kOfOp, {13, 5}).x, 13.5);
  EXPECT_EQ(map_of(pulled, kOfOp), Matrix3());
}

}  // namespace
}  // namespace doppel::augment
