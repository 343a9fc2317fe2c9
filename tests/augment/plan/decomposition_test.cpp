#include "doppel/augment/plan/decomposition.h"

#include <gtest/gtest.h>

#include <cmath>

#include "doppel/base/random.h"

namespace doppel::augment {
namespace {

constexpr double kRadians = 3.141592653589793238462643383279503 / 180;
using Flip = Decomposition::Flip;

/// The steps one after another, as decomposition.h says them.
Matrix3 composed(const Decomposition& d, Point centre, Point target) {
  const Matrix3 flip = scaling(d.flip == Flip::Horizontal ? -1 : 1, d.flip == Flip::Vertical ? -1 : 1);
  const Matrix3 shear{{1, std::tan(d.shear * kRadians), 0, 0, 1, 0, 0, 0, 1}};
  return translation(target.x + d.move.x, target.y + d.move.y) * rotation(d.angle) * shear *
         scaling(d.zoom_x, d.zoom_y) * flip * translation(-centre.x, -centre.y);
}

TEST(Decomposition, GivesBackWhatWasComposed) {
  constexpr Point kCentre{14, 10}, kTarget{20, 16};
  for (std::uint64_t i = 0; i < 500; ++i) {
    const Stream s{.seed = 5, .index = i};
    const auto flip = static_cast<Flip>(s.integer("flip", 0, 2));
    const double most = flip == Flip::None ? 179 : 89;  // beyond, the other flip turns by less
    const Decomposition made{flip,
                             s.uniform("zoom_x", 0.2, 4),
                             s.uniform("zoom_y", 0.2, 4),
                             s.uniform("shear", -70, 70),
                             s.uniform("angle", -most, most),
                             {s.uniform("x", -30, 30), s.uniform("y", -30, 30)}};
    const auto found = decompose(composed(made, kCentre, kTarget), kCentre, kTarget);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->flip, made.flip);
    EXPECT_NEAR(found->zoom_x, made.zoom_x, 1e-9);
    EXPECT_NEAR(found->zoom_y, made.zoom_y, 1e-9);
    EXPECT_NEAR(found->shear, made.shear, 1e-7);
    EXPECT_NEAR(found->angle, made.angle, 1e-7);
    EXPECT_NEAR(found->move.x, made.move.x, 1e-9);
    EXPECT_NEAR(found->move.y, made.move.y, 1e-9);
  }
}

TEST(Decomposition, GivesAnyAffineMapBack) {
  for (std::uint64_t i = 0; i < 500; ++i) {
    const Stream s{.seed = 6, .index = i};
    Matrix3 map;
    for (std::size_t k = 0; k < 6; ++k) map.m[k] = s.split("m", k).uniform("m", -3, 3);
    const auto found = decompose(map, {3, 4}, {5, 6});
    ASSERT_TRUE(found);
    const Matrix3 again = composed(*found, {3, 4}, {5, 6});
    for (std::size_t k = 0; k < 6; ++k) EXPECT_NEAR(again.m[k], map.m[k], 1e-7) << i << ' ' << k;
    EXPECT_LE(std::abs(found->angle), found->flip == Flip::None ? 180 : 90 + 1e-9);
  }
}

TEST(Decomposition, APerspectiveIsWhatItIsAtTheCentre) {
  const Matrix3 map =
      quad_to_quad({{{0, 0}, {40, 0}, {40, 40}, {0, 40}}}, {{{3, 1}, {38, 4}, {36, 39}, {1, 36}}});
  const auto found = decompose(map, {20, 20}, {20, 20});
  ASSERT_TRUE(found);
  const Matrix3 flat = composed(*found, {20, 20}, {20, 20});
  for (const Point p : {Point{20, 20}, {20.001, 20}, {20, 20.001}}) {
    EXPECT_NEAR(flat(p).x, map(p).x, 1e-6);
    EXPECT_NEAR(flat(p).y, map(p).y, 1e-6);
  }
}

TEST(Decomposition, NothingCanBeSaidOfWhatSqueezes) {
  EXPECT_FALSE(decompose(scaling(0, 1), {1, 1}, {1, 1}));
  EXPECT_FALSE(decompose(scaling(std::nan(""), 1), {1, 1}, {1, 1}));
  EXPECT_FALSE(decompose(Matrix3{{1, 0, 0, 0, 1, 0, -1, 0, 1}}, {1, 1}, {1, 1}));  // sent to infinity
}

}  // namespace
}  // namespace doppel::augment
