#include "plan/geometry/path.h"

#include <gtest/gtest.h>

#include <cmath>

#include "doppel/augment/plan/plan.h"
#include "doppel/base/random.h"

namespace doppel::augment {
namespace {

/// Ops of a run; bends among them where `bent`.
std::vector<Op> winding_ops(bool bent) {
  std::vector<Op> ops{op::Resize{{60, 80}}, op::Flip{}, op::Crop{4, 6, {50, 60}},
                      op::Warp{translation(25, 30) * rotation(20) * translation(-30, -25), {50, 60}, {}}};
  if (bent) {
    ops.insert(ops.begin() + 1, op::Swirl{40, 30, 60, 30, {}});
    ops.push_back(op::Bulge{30, 25, 20, 0.4, {}});
    ops.push_back(op::Wave{3, 30, 20, 10, {}});
  }
  return ops;
}

TEST(Path, LeadsBackToWherePointsCameFrom) {
  for (const bool bent : {false, true}) {
    const Plan plan{{30, 40}, winding_ops(bent)};
    const Path path(plan.ops, plan.source);
    EXPECT_EQ(path.matrix() == nullptr, bent);
    for (std::uint64_t i = 0; i < 200; ++i) {
      const Stream s{.index = i};
      const Point p{s.uniform("x", 8, 32), s.uniform("y", 8, 22)}, back = path.source(plan.map(p));
      EXPECT_NEAR(back.x, p.x, 1e-5);
      EXPECT_NEAR(back.y, p.y, 1e-5);
    }
  }
  EXPECT_EQ(Path({}, {9, 9}).source({3, 4}), (Point{3, 4}));
}

TEST(Path, RowsAreItsPlacesAndFollowAScaledSource) {
  for (const bool bent : {false, true}) {
    Path path(winding_ops(bent), {30, 40});
    const Path whole(winding_ops(bent), {30, 40});
    path.scale_source(0.5, 0.25);
    for (const int y : {0, 20, 49}) {
      std::array<float, 60> u{}, v{};
      path.row(0, y, 60, u.data(), v.data());
      for (std::size_t i = 0; i < 60; ++i) {
        const Point p = whole.source({double(i) + 0.5, y + 0.5});
        EXPECT_NEAR(u[i], p.x / 2, 1e-3);
        EXPECT_NEAR(v[i], p.y / 4, 1e-3);
      }
    }
  }
}

TEST(Path, StretchIsTheWidestScale) {
  const auto stretch = [](const std::vector<Op>& ops) { return Path(ops, {40, 40}).stretch({10, 10}); };
  EXPECT_NEAR(stretch({op::Flip{}}), 1, 1e-9);
  EXPECT_NEAR(stretch({op::Warp{rotation(33), {40, 40}, {}}}), 1, 1e-9);
  EXPECT_NEAR(stretch({op::Resize{{20, 10}}}), 4, 1e-9);
  EXPECT_NEAR(stretch({op::Resize{{80, 120}}}), 0.5, 1e-9);
  // A shear by 1: the golden ratio.
  EXPECT_NEAR(stretch({op::Warp{Matrix3{{1, 1, 0, 0, 1, 0, 0, 0, 1}}, {40, 40}, {}}}), 1.6180339887, 1e-9);
  EXPECT_NEAR(stretch({op::Resize{{20, 20}}, op::Swirl{90, 90, 50, 5, {}}}), 2, 1e-5);
}

}  // namespace
}  // namespace doppel::augment
