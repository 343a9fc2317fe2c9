#include "kernels/lattice.h"

#include <gtest/gtest.h>

#include <cmath>

#include "augment/kernels/twins.h"

namespace doppel::augment {
namespace {

TEST(LatticeKernel, IsTheSameOnAnyMachine) {
  for (const auto& [cols, width] :
       {std::pair{2, 300}, std::pair{5, 300}, std::pair{65, 256}, std::pair{300, 200}}) {
    std::vector<float> nodes(static_cast<std::size_t>(4 * cols));
    for (std::size_t i = 0; i < nodes.size(); ++i) nodes[i] = std::sin(static_cast<float>(i) * 1.7F) * 5;
    const float* p = nodes.data();
    const LatticeRow row{p,
                         p + cols,
                         p + 2 * cols,
                         p + 3 * cols,
                         cols,
                         0.3F,
                         static_cast<float>(cols - 1) / static_cast<float>(width)};
    for (const int n : kLengths)
      for (const int first : {0, 3, width - 40}) {
        const auto both = [&](float* out) { lattice_row(row, first, 7.5F, n, out, out + n); };
        expect_twins<float>(2 * n, 1e-4, both, "lattice of " + std::to_string(cols));
      }
  }
}

TEST(LatticeKernel, IsLinearBetweenNodesAndHoldsBeyond) {
  // Nodes at 0, 4 and 8; a quarter of the way from the upper row to the lower one.
  const std::array x0{0.F, 4.F, -4.F}, x1{4.F, 8.F, 0.F};  // 1, 5, -3 at this row
  const std::array y0{2.F, 2.F, 2.F}, y1{6.F, 6.F, 2.F};   // 3, 3, 2
  const LatticeRow row{x0.data(), x1.data(), y0.data(), y1.data(), 3, 0.25F, 0.25F};
  std::array<float, 12> u{}, v{};
  lattice_row(row, 0, 20.5F, 12, u.data(), v.data());
  for (std::size_t i = 0; i < u.size(); ++i) {
    const float x = static_cast<float>(i) + 0.5F;
    const float dx = x < 4   ? 1 + x
                     : x < 8 ? 5 - 2 * (x - 4)
                             : -3,
                dy = x < 4   ? 3
                     : x < 8 ? 3 - (x - 4) / 4
                             : 2;
    EXPECT_NEAR(u[i], x + dx, 1e-5) << i;
    EXPECT_NEAR(v[i], 20.5F + dy, 1e-5) << i;
  }
}

}  // namespace
}  // namespace doppel::augment
