#include "render/whole/loops.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "augment/kernels/twins.h"

namespace doppel::augment {
namespace {

TEST(WholeLoops, SharpeningIsAsScalarsDoAndNearTheFormula) {
  for (const double amount : {0.0, 0.3, 1.0, 2.7, -1.5, 9.9})
    for (const double threshold : {0.0, 0.02, 0.1, 0.9})
      for (const int n : kLengths) {
        const auto x = some_bytes(n + 9);
        std::vector<std::uint8_t> g(x.rbegin(), x.rend());
        const UnsharpLevels levels(amount, threshold);
        expect_twins<std::uint8_t>(
            n, 0,
            [&](std::uint8_t* out) {
              unsharp_row(x.data() + 1, g.data() + 2, levels, n, out);
              for (int i = 0; i < n; ++i) {
                const double d = x[std::size_t(i) + 1] - double(g[std::size_t(i) + 2]),
                             low = threshold * 255 / 2;
                const double s = threshold > 0 ? std::clamp((std::abs(d) - low) / low, 0.0, 1.0) : 1;
                const double exact = std::clamp(x[std::size_t(i) + 1] + amount * s * d, 0.0, 255.0);
                ASSERT_NEAR(out[i], exact, 0.6 + std::abs(amount) * 0.05)
                    << "amount " << amount << ", threshold " << threshold << ", difference " << d;
              }
            },
            "unsharp");
        const auto fx = some_floats(n + 9);
        const std::vector<float> fg(fx.rbegin(), fx.rend());
        std::vector<float> out(static_cast<std::size_t>(n));
        unsharp_row(fx.data(), fg.data(), static_cast<float>(amount), static_cast<float>(threshold), n,
                    out.data());
        for (std::size_t i = 0; i < out.size(); ++i) {
          const double d = static_cast<double>(fx[i] - fg[i]), low = threshold / 2;
          const double s = threshold > 0 ? std::clamp((std::abs(d) - low) / low, 0.0, 1.0) : 1;
          ASSERT_NEAR(out[i], std::clamp(static_cast<double>(fx[i]) + amount * s * d, 0.0, 1.0), 1e-4);
        }
      }
}

TEST(WholeLoops, SobelsGradientIsHalvedAndAtMostOne) {
  // Of a plane that rises by a across and b down it is 4 · sqrt(a² + b²).
  for (const auto& [a, b] : {std::pair{0.03F, 0.F}, {0.F, -0.05F}, {0.03F, 0.04F}, {0.3F, 0.4F}}) {
    std::array<std::array<float, 12>, 3> rows{};
    for (std::size_t y = 0; y < 3; ++y)
      for (std::size_t x = 0; x < 12; ++x) rows[y][x] = a * static_cast<float>(x) + b * static_cast<float>(y);
    std::array<float, 10> out{};
    sobel_row(rows[0].data(), rows[1].data(), rows[2].data(), 10, out.data());
    for (const float v : out) EXPECT_NEAR(v, std::min(1.F, 4 * std::hypot(a, b)), 1e-5);
  }
}

TEST(WholeLoops, GreyIsBlendedIntoEachChannel) {
  const std::array grey{0.2F, 1.F};
  std::array one{0.6F, 0.F}, share = one;
  blend_grey_row(grey.data(), 0.25F, 1, 2, one.data());
  EXPECT_NEAR(one[0], 0.5, 1e-6);
  EXPECT_NEAR(one[1], 0.25, 1e-6);
  std::array colors{0.F, 0.4F, 1.F, 0.F, 0.5F, 1.F};
  blend_grey_row(grey.data(), 0.5F, 3, 2, colors.data());
  const std::array wanted{0.1F, 0.3F, 0.6F, 0.5F, 0.75F, 1.F};
  for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(colors[i], wanted[i], 1e-6);
  blend_grey_row(grey.data(), 0, 1, 2, share.data());
  EXPECT_EQ(share, (std::array{0.6F, 0.F}));
}

}  // namespace
}  // namespace doppel::augment
