#include "plan/geometry/field.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "doppel/base/random.h"

namespace doppel::augment {
namespace {

/// Random displacements of up to `most` pixels on 5 x 7 nodes of an image of 40 x 60.
Field random_field(std::uint64_t seed, double most, Field::Between between = Field::Between::Bilinear) {
  Field field({40, 60}, 5, 7, between);
  for (int r = 0; r < 5; ++r)
    for (int c = 0; c < 7; ++c) {
      const Stream s = Stream{.seed = seed}.split("node", static_cast<std::uint64_t>(r * 7 + c));
      field.set(r, c, {s.uniform("x", -most, most), s.uniform("y", -most, most)});
    }
  return field;
}

TEST(Field, LiesOnItsNodesAndIsStraightBetween) {
  for (const auto between : {Field::Between::Bilinear, Field::Between::Triangles}) {
    Field field({10, 20}, 2, 3, between);
    EXPECT_EQ(field.node(1, 2), (Point{20, 10}));
    field.set(0, 0, {4, 0});
    field.set(0, 1, {0, 8});
    field.set(1, 1, {0, 4});
    EXPECT_EQ(field.at(0, 1), (Point{0, 8}));
    EXPECT_EQ(field.source({0, 0}), (Point{4, 0}));
    EXPECT_EQ(field.source({10, 10}), (Point{10, 14}));
    EXPECT_EQ(field.source({5, 0}), (Point{7, 4}));  // half way along an edge
    EXPECT_EQ(field.source({0, 5}), (Point{2, 5}));
    EXPECT_EQ(field.source({10, 2.5}), (Point{10, 9.5}));
    EXPECT_EQ(field.source({-3, -9}), (Point{1, -9}));  // beyond the outer nodes it holds
    EXPECT_EQ(field.source({10, 90}), (Point{10, 94}));
  }
  // In the middle of a cell: the mean of four corners, or of the two on the diagonal.
  Field mean({10, 10}, 2, 2), diagonal({10, 10}, 2, 2, Field::Between::Triangles);
  for (Field* field : {&mean, &diagonal}) {
    field->set(0, 0, {8, 0});
    field->set(0, 1, {4, 0});
    field->set(1, 1, {0, 4});
  }
  EXPECT_EQ(mean.source({5, 5}), (Point{8, 6}));
  EXPECT_EQ(diagonal.source({5, 5}), (Point{9, 7}));
}

TEST(Field, RowsPointsAndSinglePlacesAgree) {
  for (const auto between : {Field::Between::Bilinear, Field::Between::Triangles})
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      const Field field = random_field(seed, 3, between);
      for (const int y : {0, 13, 39, 45}) {
        std::array<float, 70> u{}, v{}, pu{}, pv{};
        field.row(-4, y, 70, u.data(), v.data());
        for (int i = 0; i < 70; ++i) {
          pu[static_cast<std::size_t>(i)] = static_cast<float>(i - 4) + 0.5F;
          pv[static_cast<std::size_t>(i)] = static_cast<float>(y) + 0.5F;
        }
        field.points(70, pu.data(), pv.data());
        for (std::size_t i = 0; i < 70; ++i) {
          const Point one = field.source({double(i) - 3.5, y + 0.5});
          EXPECT_NEAR(u[i], one.x, 2e-4);
          EXPECT_NEAR(v[i], one.y, 2e-4);
          EXPECT_NEAR(pu[i], one.x, 2e-4);
          EXPECT_NEAR(pv[i], one.y, 2e-4);
        }
      }
    }
}

TEST(Field, ForwardUndoesSource) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const Field field = random_field(seed, 2);
    const Stream s{.index = seed};
    for (std::uint64_t i = 0; i < 10; ++i) {
      const Stream one = s.split("place", i);
      const Point p{one.uniform("x", 3, 57), one.uniform("y", 3, 37)}, back = field.source(field.forward(p));
      EXPECT_NEAR(back.x, p.x, 1e-6);
      EXPECT_NEAR(back.y, p.y, 1e-6);
    }
  }
}

TEST(Field, UnfoldsWithoutTurningDisplacements) {
  // The signed area of each cell's corners, as a share of a cell.
  const auto least = [](const Field& field) {
    double all = 1e9;
    const auto place = [&](int r, int c) {
      return Point{field.node(r, c).x + field.at(r, c).x, field.node(r, c).y + field.at(r, c).y};
    };
    const auto corner = [&](Point at, Point across, Point down) {
      return ((across.x - at.x) * (down.y - at.y) - (across.y - at.y) * (down.x - at.x)) / 100;
    };
    for (int r = 0; r < 4; ++r)
      for (int c = 0; c < 6; ++c) {
        const Point a = place(r, c), b = place(r, c + 1), d = place(r + 1, c), e = place(r + 1, c + 1);
        all = std::min({all, corner(a, b, d), corner(b, {2 * b.x - a.x, 2 * b.y - a.y}, e),
                        corner(d, e, {2 * d.x - a.x, 2 * d.y - a.y}),
                        corner(e, {2 * e.x - d.x, 2 * e.y - d.y}, {2 * e.x - b.x, 2 * e.y - b.y})});
      }
    return all;
  };
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Field gentle = random_field(seed, 1), wild = random_field(seed, 40);
    const Field before = wild;
    EXPECT_LT(least(wild), 0.1);
    gentle.unfold();
    wild.unfold();
    EXPECT_EQ(gentle.at(2, 3), random_field(seed, 1).at(2, 3));
    EXPECT_GE(least(wild), 0.1 - 1e-5);
    // One factor for all of them.
    const double factor = wild.at(0, 0).x / before.at(0, 0).x;
    EXPECT_GT(factor, 0);
    EXPECT_LT(factor, 1);
    EXPECT_NEAR(wild.at(3, 4).y, factor * before.at(3, 4).y, 1e-4);
  }
}

}  // namespace
}  // namespace doppel::augment
