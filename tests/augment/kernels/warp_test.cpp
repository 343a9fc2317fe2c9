#include "kernels/warp.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <opencv2/core.hpp>

#include "augment/kernels/twins.h"
#include "augment/test_images.h"

namespace doppel::augment {
namespace {

template <class T>
void check_warps(double tolerance) {
  for (const int channels : {1, 2, 3, 4, 5, 13})
    for (const auto& [height, width] :
         {std::pair{1, 1}, std::pair{1, 9}, std::pair{13, 1}, std::pair{17, 23}}) {
      const cv::Mat whole = wavy(height + 2, width + 3, channels, cv::DataType<T>::depth);
      const cv::Mat image = whole(cv::Rect(1, 1, width, height));  // a stride of its own, an odd start
      for (const auto border : {Fill::Kind::Color, Fill::Kind::Reflect, Fill::Kind::Replicate,
                                Fill::Kind::Wrap, Fill::Kind::Symmetric}) {
        std::array<T, kMostChannels> color;
        color.fill(T(1));
        const WarpSource<T> source{
            image.ptr<T>(), static_cast<std::ptrdiff_t>(image.step1()), width, height, channels, border,
            color.data()};
        for (const int n : {1, 5, 8, 31, 64}) {
          std::array<float, 64> u{}, v{};
          map_row({0.93, 0.31, -4.2, -0.2, 1.1, -2.6, 1e-3, 2e-3, 1}, -7, 5, n, u.data(), v.data());
          if (n > 8) u[3] = std::numeric_limits<float>::infinity(), v[4] = std::nanf("");
          const std::string what = std::to_string(width) + "x" + std::to_string(height) + " border " +
                                   std::to_string(static_cast<int>(border));
          expect_twins<T>(
              n * channels, tolerance, [&](T* out) { read_bilinear(source, u.data(), v.data(), n, out); },
              "bilinear " + what);
          expect_twins<T>(
              n * channels, tolerance, [&](T* out) { read_bicubic(source, u.data(), v.data(), n, out); },
              "bicubic " + what);
          expect_twins<std::int32_t>(
              n, 0,
              [&](std::int32_t* out) { nearest_pixels(width, height, border, u.data(), v.data(), n, out); },
              "nearest " + what);
        }
      }
    }
}
TEST(WarpKernel, BytesAreReadAlikeOnAnyMachine) { check_warps<std::uint8_t>(1); }
TEST(WarpKernel, SixteenBitsAreReadAlikeOnAnyMachine) { check_warps<std::uint16_t>(1); }
TEST(WarpKernel, FloatsAreReadAlikeOnAnyMachine) { check_warps<float>(2e-5); }

TEST(WarpKernel, BorderRulesAreThoseOfFill) {
  using Kind = Fill::Kind;
  const auto row = [](Kind kind) {
    std::string text;
    for (int i = -4; i < 8; ++i) {
      const int at = border_index(i, 4, kind);
      text += at < 0 ? '.' : static_cast<char>('a' + at);
    }
    return text;
  };
  EXPECT_EQ(row(Kind::Color), "....abcd....");
  EXPECT_EQ(row(Kind::Reflect), "cdcbabcdcbab");    // no edge pixel twice
  EXPECT_EQ(row(Kind::Symmetric), "dcbaabcddcba");  // each edge pixel twice
  EXPECT_EQ(row(Kind::Replicate), "aaaaabcddddd");
  EXPECT_EQ(row(Kind::Wrap), "abcdabcdabcd");
  for (const Kind kind : {Kind::Reflect, Kind::Replicate, Kind::Wrap, Kind::Symmetric})
    EXPECT_EQ(border_index(-1000, 1, kind), 0);
}

TEST(WarpKernel, PlacesBetweenPixelsAreWeighted) {
  // One white pixel, (2, 1) of 6x3.
  std::array<float, 18> image{};
  image[6 + 2] = 1;
  const float black = 0;
  const WarpSource<float> source{image.data(), 6, 6, 3, 1, Fill::Kind::Color, &black};
  const std::array u{2.5F, 3.F, 2.25F, 3.5F, 4.F}, v{1.5F, 1.5F, 2.F, 1.5F, 1.5F};
  std::array<float, 5> out{};
  read_bilinear(source, u.data(), v.data(), 5, out.data());
  EXPECT_NEAR(out[0], 1, 1e-6);
  EXPECT_NEAR(out[1], 0.5, 1e-6);
  EXPECT_NEAR(out[2], 0.75 * 0.5, 1e-6);
  EXPECT_NEAR(out[3], 0, 1e-6);
  // Keys' weights with a = -3/4 at 1/2 and, of what is shown upside down, at 3/2.
  read_bicubic(source, u.data(), v.data(), 5, out.data());
  EXPECT_NEAR(out[1], 0.59375, 1e-6);
  EXPECT_NEAR(out[3], 0, 1e-6);
  for (float& p : image) p = 1 - p;
  read_bicubic(source, u.data() + 1, v.data() + 1, 1, out.data());
  EXPECT_NEAR(out[0], 1 - 0.59375, 1e-6);
  std::array<std::int32_t, 3> pixel{};
  nearest_pixels(6, 3, Fill::Kind::Color, std::array{2.999F, 3.F, -0.001F}.data(),
                 std::array{1.F, 2.9F, 0.F}.data(), 3, pixel.data());
  EXPECT_EQ(pixel, (std::array<std::int32_t, 3>{8, 15, -1}));
}

TEST(WarpKernel, MapsAreProjective) {
  const std::array<double, 9> map{2, 0.5, 3, -0.25, 1, 8, 0.01, 0.02, 1};
  std::array<float, 50> u{}, v{}, x{}, y{};
  map_row(map, 10, 4, 50, u.data(), v.data());
  for (std::size_t i = 0; i < 50; ++i) x[i] = static_cast<float>(10 + i) + 0.5F, y[i] = 4.5F;
  map_points(map, 50, x.data(), y.data());
  for (std::size_t i = 0; i < 50; ++i) {
    const double px = 10.5 + double(i), py = 4.5, w = 0.01 * px + 0.02 * py + 1;
    EXPECT_NEAR(u[i], (2 * px + 0.5 * py + 3) / w, 1e-4);
    EXPECT_NEAR(v[i], (-0.25 * px + py + 8) / w, 1e-4);
    EXPECT_NEAR(x[i], u[i], 1e-4);
    EXPECT_NEAR(y[i], v[i], 1e-4);
  }
}

}  // namespace
}  // namespace doppel::augment
