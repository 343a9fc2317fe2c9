#include <gtest/gtest.h>

#include <cmath>

#include "doppel/base/random.h"
#include "plan/geometry/field.h"

namespace doppel::augment {
namespace {

constexpr Size kBent{96, 128};

void expect_place(Point found, double x, double y, double slack, const char* what) {
  EXPECT_NEAR(found.x, x, slack) << what;
  EXPECT_NEAR(found.y, y, slack) << what;
}

TEST(Bends, ReadFromWhereTheirFormulasSay) {
  // Lenses: the corner is one half diagonal away, and a node.
  const Field radial = make_field(op::Lens{.k = 0.2, .fill = {}}, kBent);
  expect_place(radial.source({0, 0}), 64 - 1.2 * 64, 48 - 1.2 * 48, 1e-4, "radial, corner");
  expect_place(radial.source({96, 48}), 64 + 32 * (1 + 0.2 * 0.16), 48, 0.01, "radial, 0.4 half diagonals");
  const Field fish = make_field(op::Lens{.k = 0.5, .model = op::Lens::Model::Fisheye, .fill = {}}, kBent);
  expect_place(fish.source({128, 96}), 128, 96, 1e-4, "fisheye, corner");
  expect_place(fish.source({96, 48}), 64 + 32 * 1.2 / 1.5, 48, 0.02, "fisheye, 0.4 half diagonals");

  // A swirl of 90 degrees counter-clockwise, a quarter of it half way: what is right comes from below right.
  const Field swirl = make_field(op::Swirl{64, 48, 90, 40, {}}, kBent);
  const double turn = 22.5 * 3.14159265358979 / 180;
  expect_place(swirl.source({84, 48}), 64 + 20 * std::cos(turn), 48 + 20 * std::sin(turn), 0.03, "swirl");
  expect_place(swirl.source({64, 48}), 64, 48, 1e-4, "swirl, centre");
  expect_place(swirl.source({110, 48}), 110, 48, 1e-4, "swirl, beyond");

  const Field bulge = make_field(op::Bulge{64, 48, 40, 0.5, {}}, kBent);
  expect_place(bulge.source({84, 48}), 64 + 20 * (1 - 0.5 * 0.75 * 0.75), 48, 0.03, "bulge");
  expect_place(bulge.source({64, 94}), 64, 94, 1e-4, "bulge, beyond");

  // A wave that runs to the right moves up and down; one that runs up, left and right.
  const Field right = make_field(op::Wave{.amplitude = 5, .wavelength = 32, .phase = 90, .fill = {}}, kBent);
  expect_place(right.source({64, 48}), 64, 53, 0.03, "wave, crest");
  expect_place(right.source({72, 48}), 72, 48, 0.05, "wave, a quarter on");
  expect_place(right.source({80, 10}), 80, 5, 0.05, "wave, trough");
  const Field up =
      make_field(op::Wave{.amplitude = 5, .wavelength = 32, .direction = 90, .phase = 90, .fill = {}}, kBent);
  EXPECT_NEAR(std::abs(up.source({64, 48}).x - 64), 5, 0.03);
  EXPECT_NEAR(up.source({64, 48}).y, 48, 1e-4);
}

TEST(Bends, ASplineGoesThroughItsNodesAndKeepsAffineMaps) {
  using Between = op::Mesh::Between;
  // 64 x 64 with 3 x 3 nodes: they lie on the finer lattice.
  std::vector<double> dx(9), dy(9), ax(9), ay(9);
  for (std::size_t i = 0; i < 9; ++i) {
    dx[i] = Stream{.index = i}.uniform("x", -1, 1);
    dy[i] = Stream{.index = i}.uniform("y", -1, 1);
    const double x = double(i % 3) * 32, y = double(i / 3) * 32;
    ax[i] = 0.1 * x - 0.05 * y + 2;
    ay[i] = 0.02 * x + 0.04 * y - 1;
  }
  for (const Between between : {Between::Bilinear, Between::Triangles, Between::Spline}) {
    const Field field = make_field(op::Mesh{3, 3, dx, dy, between, {}}, {64, 64});
    for (std::size_t i = 0; i < 9; ++i) {
      const double x = double(i % 3) * 32, y = double(i / 3) * 32;
      expect_place(field.source({x, y}), x + dx[i], y + dy[i], 1e-5, "node");
    }
    const Field affine = make_field(op::Mesh{3, 3, ax, ay, between, {}}, {64, 64});
    for (const Point p : {Point{10, 20}, {33.3, 5}, {60, 61}})
      expect_place(affine.source(p), p.x + 0.1 * p.x - 0.05 * p.y + 2, p.y + 0.02 * p.x + 0.04 * p.y - 1,
                   1e-4, "affine");
  }
}

TEST(Bends, ElasticNoiseHasItsDeviationAndNeverFolds) {
  // Smoothed uniform noise: alpha / sqrt(3) / (2 sqrt(pi) sigma) on either axis.
  for (const double sigma : {4.0, 8.0}) {
    double sum = 0, squares = 0, count = 0;
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
      const Field field = make_field(
          op::Elastic{.alpha = sigma * sigma, .sigma = sigma, .seed = seed, .fill = {}}, {300, 300});
      for (int r = 0; r < field.rows(); ++r)
        for (int c = 0; c < field.cols(); ++c) {
          const Point d = field.at(r, c);
          sum += d.x + d.y;
          squares += d.x * d.x + d.y * d.y;
          count += 2;
        }
    }
    const double deviation = sigma / std::sqrt(3.0) / (2 * std::sqrt(3.14159265358979));
    EXPECT_NEAR(sum / count, 0, 0.06 * deviation) << sigma;
    EXPECT_NEAR(std::sqrt(squares / count), deviation, 0.06 * deviation) << sigma;
  }
  // The determinant of the map's Jacobian stays above 0 everywhere.
  for (std::uint64_t i = 0; i < 20; ++i) {
    const Stream s{.index = i};
    const Field field = make_field(
        op::Elastic{
            .alpha = s.uniform("alpha", 40, 400), .sigma = s.uniform("sigma", 4, 10), .seed = i, .fill = {}},
        kBent);
    for (double y = 2; y < 94; y += 5)
      for (double x = 2; x < 126; x += 5) {
        const double e = 0.25;
        const Point a = field.forward({x - e, y}), b = field.forward({x + e, y}),
                    c = field.forward({x, y - e}), d = field.forward({x, y + e});
        ASSERT_GT((b.x - a.x) * (d.y - c.y) - (b.y - a.y) * (d.x - c.x), 0) << i << " " << x << " " << y;
      }
  }
}

TEST(Bends, OfNoStrengthMoveNothing) {
  for (const Op& op :
       std::vector<Op>{op::Elastic{.fill = {}}, op::Mesh{.fill = {}}, op::Lens{.fill = {}},
                       op::Lens{.model = op::Lens::Model::Fisheye, .fill = {}}, op::Swirl{5, 5, 0, 9, {}},
                       op::Wave{.wavelength = 4, .fill = {}}, op::Bulge{5, 5, 9, 0, {}}}) {
    EXPECT_TRUE(is_bend(op));
    for (const Size size : {Size{1, 1}, Size{1, 9}, Size{30, 40}})
      EXPECT_EQ(make_field(op, size).source({0.5, 0.5}), (Point{0.5, 0.5})) << name_of(op);
  }
  EXPECT_FALSE(is_bend(op::Flip{}));
  EXPECT_FALSE(is_bend(op::Warp{}));
  EXPECT_FALSE(is_bend(op::Noise{}));
}

}  // namespace
}  // namespace doppel::augment
