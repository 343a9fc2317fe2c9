// Every vector kernel against its scalar twin: odd sizes, strides, unaligned starts; and each transform
// whole.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "augment/test_images.h"
#include "augment/twins.h"
#include "doppel/augment/recipe/catalogue.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/render/render.h"
#include "kernels/lattice.h"
#include "kernels/matrix.h"
#include "kernels/noise.h"
#include "kernels/rows.h"
#include "kernels/tables.h"
#include "kernels/vbmi.h"
#include "kernels/warp.h"
#include "kernels/wide_pixels.h"

namespace doppel::augment {
namespace {

TEST(Simd, ReversedRowsAreTheirPixelsFromTheEnd) {
  if (!has_vbmi()) GTEST_SKIP() << "this processor has no AVX-512 VBMI";
  for (const int n : kLengths)
    for (const int channels : {1, 3, 4}) {
      const auto in = some_bytes(n * channels);
      std::vector<std::uint8_t> out(in.size() + 1, 77);
      reverse_pixels_wide(in.data(), n, channels, out.data());
      for (int i = 0; i < n * channels; ++i)
        ASSERT_EQ(out[static_cast<std::size_t>(i)],
                  in[static_cast<std::size_t>((n - 1 - i / channels) * channels + i % channels)])
            << i << " of " << n << " with " << channels << " channels";
      EXPECT_EQ(out.back(), 77);
    }
}

TEST(Simd, RowsLoadAndStoreAsScalarsDo) {
  for (const int n : kLengths)
    for (const int channels : {1, 3, 4})
      for (std::size_t start = 0; start < 3; ++start) {
        const auto bytes = some_bytes(n * channels + 3);
        const std::uint8_t* in = bytes.data() + start;
        const int planes = std::min(channels, 3);
        const std::string what = "rows of " + std::to_string(channels);
        expect_twins<float>(
            planes * n, 0,
            [&](float* out) {
              load_bytes(in, channels, n,
                         {out, planes > 1 ? out + n : nullptr, planes > 1 ? out + 2 * n : nullptr});
            },
            what);
        std::vector<float> plane(static_cast<std::size_t>(3 * n));
        for (std::size_t i = 0; i < plane.size(); ++i) plane[i] = static_cast<float>(i % 97) / 80 - 0.1F;
        expect_twins<std::uint8_t>(
            channels * n, 0,
            [&](std::uint8_t* out) {
              store_bytes({plane.data(), plane.data() + n, plane.data() + 2 * n}, in, channels, n, out);
            },
            what);
        expect_twins<std::uint8_t>(
            n, 0, [&](std::uint8_t* out) { store_plane_bytes(plane.data(), n, out); }, what);
        expect_twins<float>(
            channels * n, 1e-6,
            [&](float* out) {
              std::array<float*, 4> outs{};
              for (int c = 0; c < channels; ++c) outs[static_cast<std::size_t>(c)] = out + c * n;
              bytes_to_planes(in, channels, n, {0.1F, 0.2F, 0.3F, 1}, {1, 2, 3, 4}, outs);
            },
            what);
        const auto wide = sums_of_bytes(in, channels, n);
        const ScalarOnly only;
        EXPECT_EQ(wide, sums_of_bytes(in, channels, n));
      }
}

TEST(Simd, TablesAreLookedUpAsScalarsDo) {
  const std::array<std::function<int(int)>, 8> curves{[](int v) { return v < 100 ? v : 255 - v; },
                                                      [](int v) { return v < 128 ? v + 90 : v; },
                                                      [](int v) { return (v * 37 + v / 9) & 255; },
                                                      [](int v) { return v + 20; },
                                                      [](int v) { return v & 0xf0; },
                                                      [](int v) { return 255 - v; },
                                                      [](int v) { return int(v * 0.8 + 20); },
                                                      [](int v) { return int(255 * std::sqrt(v / 255.0)); }};
  for (const auto& curve : curves)
    for (const int channels : {1, 3, 4})
      for (const int n : kLengths) {
        std::array<ByteTable, 4> tables{};
        for (std::size_t c = 0; c < 4; ++c)
          for (std::size_t v = 0; v < 256; ++v)
            tables[c][v] = static_cast<std::uint8_t>(std::clamp(curve(static_cast<int>(v)), 0, 255));
        const TableForm form = form_of(tables, channels);
        const auto in = some_bytes(n * channels);
        expect_twins<std::uint8_t>(
            n * channels, 0,
            [&](std::uint8_t* out) {
              apply_tables(form, tables, channels, in.data(), n, out);
              for (std::size_t i = 0; i < in.size(); ++i) ASSERT_EQ(out[i], tables[0][in[i]]);
            },
            "tables");
      }
}

TEST(Simd, NoiseIsTheSameSequence) {
  const RowKey key = RowKey::of(5, 1, 9);
  for (const int block : {0, 1, 100}) {
    expect_twins<std::uint32_t>(
        kNoiseBlock, 0,
        [&](std::uint32_t* out) {
          WordBlock words;
          random_words(key, block, words);
          std::copy(words.begin(), words.end(), out);
        },
        "words");
    for (const auto& [name, draw] : {std::pair{"uniform", &uniform_noise}, std::pair{"normal", &normal_noise},
                                     std::pair{"laplace", &laplace_noise}})
      expect_twins<float>(
          kNoiseBlock, 2e-5,
          [&, f = draw](float* out) {
            NoiseBlock noise;
            f(key, block, noise);
            std::copy(noise.begin(), noise.end(), out);
          },
          name);
  }
  std::vector<float> mean(kNoiseBlock);
  for (std::size_t i = 0; i < mean.size(); ++i) mean[i] = static_cast<float>(i) * 0.7F;
  expect_twins<float>(
      kNoiseBlock, 1, [&](float* out) { poisson_noise(key, 3, mean.data(), kNoiseBlock, out); }, "poisson");
}

template <class T>
void check_warps(double tolerance) {
  for (const int channels : {1, 3, 4})
    for (const auto& [height, width] :
         {std::pair{1, 1}, std::pair{1, 9}, std::pair{13, 1}, std::pair{17, 23}}) {
      const cv::Mat whole = wavy(height + 2, width + 3, channels, sizeof(T) == 1 ? CV_8U : CV_32F);
      const cv::Mat image = whole(cv::Rect(1, 1, width, height));  // a stride of its own, an odd start
      for (const auto border :
           {Fill::Kind::Color, Fill::Kind::Reflect, Fill::Kind::Replicate, Fill::Kind::Wrap}) {
        WarpSource<T> source{
            image.ptr<T>(), static_cast<std::ptrdiff_t>(image.step1()), width, height, channels, border, {}};
        source.color.fill(T(1));
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
TEST(Simd, WarpsOfBytesAreReadAsScalarsDo) { check_warps<std::uint8_t>(1); }
TEST(Simd, WarpsOfFloatsAreReadAsScalarsDo) { check_warps<float>(2e-5); }

TEST(Simd, MatricesMixAsScalarsDo) {
  const std::array<double, 12> sepia{0.393, 0.769, 0.189, 0.05,  0.349, 0.686,
                                     0.168, -0.02, 0.272, 0.534, 0.131, 0};
  const std::array<double, 12> wild{1.7, -0.9, 0.2, 0, -0.5, 2.1, -0.6, 0.1, 0, 0, -1, 1};
  const std::array<double, 12> gray{0.299, 0.587, 0.114, 0, 0.299, 0.587, 0.114, 0, 0.299, 0.587, 0.114, 0};
  const std::array<double, 12> turned{0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0};
  for (const auto& numbers : {sepia, wild, gray, turned}) {
    ByteMatrix matrix;
    ASSERT_TRUE(make_byte_matrix(numbers, matrix));
    for (const int n : kLengths) {
      const auto in = some_bytes(3 * n);
      expect_twins<std::uint8_t>(
          3 * n, 0,
          [&](std::uint8_t* out) {
            apply_matrix(matrix, in.data(), n, out);
            for (int i = 0; i < 3 * n; ++i) {
              const auto* row = numbers.data() + 4 * (i % 3);
              const auto* p = in.data() + i / 3 * 3;
              const double exact = row[0] * p[0] + row[1] * p[1] + row[2] * p[2] + row[3] * 255;
              ASSERT_NEAR(out[i], std::clamp(exact, 0.0, 255.0), 0.6);
            }
          },
          "matrix");
    }
  }
  ByteMatrix none;
  EXPECT_FALSE(make_byte_matrix({99, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0}, none));
}

TEST(Simd, LatticesAreReadAsScalarsDo) {
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

TEST(Simd, EveryTransformIsTheSameOnAnyMachine) {
  for (const auto& entry : catalogue()) {
    if (entry.family == "structure" || entry.family == "mix") continue;
    const Recipe recipe{entry.make().with_chance(1)};
    double far = 0, count = 0;
    for (std::uint64_t i = 0; i < 4; ++i) {
      Sample sample;
      sample.image = wavy(37, 41 + 2 * static_cast<int>(i), i % 2 ? 3 : 1);
      const Plan plan = recipe.draw(sample, {.seed = 2, .index = i});
      const cv::Mat wide = render(plan, sample.image);
      const ScalarOnly only;
      cv::Mat difference;
      cv::absdiff(wide.reshape(1), render(plan, sample.image).reshape(1), difference);
      far += cv::countNonZero(difference > (wide.depth() == CV_32F ? 1e-3 : 1));
      count += static_cast<double>(difference.total());
    }
    // A threshold (a noise's count, a dither's step) may fall to the other side at single pixels.
    EXPECT_LE(far, 0.002 * count) << entry.name;
  }
}

}  // namespace
}  // namespace doppel::augment
