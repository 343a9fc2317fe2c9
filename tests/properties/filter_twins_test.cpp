// The vector kernels of filters against their scalar twins, and against plain arithmetic.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "augment/test_images.h"
#include "augment/twins.h"
#include "doppel/augment/render/render.h"
#include "kernels/area.h"
#include "kernels/box.h"
#include "kernels/extreme.h"
#include "kernels/filter.h"
#include "kernels/median.h"
#include "kernels/scale.h"
#include "kernels/vbmi.h"
#include "kernels/zoom.h"
#include "render/whole/filter.h"
#include "render/whole/loops.h"
#include "render/whole/morphology.h"

namespace doppel::augment {
namespace {

std::vector<float> some_floats(int n) {
  std::vector<float> floats;
  for (const std::uint8_t b : some_bytes(n)) floats.push_back(static_cast<float>(b) / 255.F);
  return floats;
}

TEST(Simd, TwoRowsAreFilteredAsScalarsDoAndAsEachAlone) {
  // 3x2 weights, rows 700 apart: the lower row reads the upper one's second row, too.
  constexpr std::ptrdiff_t kStep = 700;
  const auto canvas = some_bytes(4096);
  const std::vector<FilterTap> taps{{0, 3000},      {3, -1500},         {6, 9000},
                                    {kStep, -4000}, {kStep + 3, 20000}, {kStep + 6, 1234}};
  const std::vector<FilterTap> upper(taps.begin(), taps.begin() + 3);
  std::vector<FilterTap> lower;
  std::vector<PairTap> both;
  int sum = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    both.push_back({taps[i + 3].place, taps[i + 3].weight, taps[i].weight});
    lower.push_back({taps[i + 3].place + kStep, taps[i + 3].weight});
    sum += taps[i].weight + taps[i + 3].weight;
  }
  constexpr int kFraction = 6;
  const RowPair pair{upper, lower, both, kFraction, filter_start(sum, 6, kFraction)};
  for (const int n : kLengths)
    expect_twins<std::uint8_t>(
        2 * n, 0,
        [&](std::uint8_t* out) {
          filter_two_rows(canvas.data() + 1, pair, n, out, out + n);
          for (int i = 0; i < 2 * n; ++i) {
            const std::ptrdiff_t from = 1 + i % n + i / n * kStep;
            double exact = 0;
            for (const FilterTap& tap : taps)
              exact +=
                  std::ldexp(tap.weight, -8 - kFraction) * canvas[static_cast<std::size_t>(from + tap.place)];
            ASSERT_NEAR(out[i], std::clamp(exact, 0.0, 255.0), 0.55) << i << " of " << n;
          }
        },
        "two rows");
}

TEST(Simd, MediansAreThoseOfSorting) {
  constexpr std::ptrdiff_t kStep = 1100;
  // Few levels, so that many are equal, and all of them.
  for (const int levels : {3, 256})
    for (const int size : {3, 5})
      for (const int channels : {1, 3, 4})
        for (const int n : kLengths) {
          auto around = some_bytes(static_cast<int>(kStep) * size);
          for (auto& v : around) v = static_cast<std::uint8_t>(v % levels);
          std::vector<std::uint8_t> scratch(static_cast<std::size_t>(size * (n + (size - 1) * channels)));
          expect_twins<std::uint8_t>(
              n, 0,
              [&](std::uint8_t* out) {
                median_row(around.data() + 1, kStep, size, channels, n, scratch.data(), out);
                for (int i = 0; i < n; ++i) {
                  std::vector<std::uint8_t> all;
                  for (int y = 0; y < size; ++y)
                    for (int x = 0; x < size; ++x)
                      all.push_back(around[static_cast<std::size_t>(1 + y * kStep + i + x * channels)]);
                  std::ranges::sort(all);
                  ASSERT_EQ(out[i], all[all.size() / 2]) << i << " of " << n;
                }
              },
              "medians");
        }
}

TEST(Simd, MedianBlurIsOpenCVs) {
  for (const int channels : {1, 3})  // alpha is left alone
    for (const auto& size : {cv::Size(1, 1), cv::Size(2, 7), cv::Size(37, 23)})
      for (const int wide : {3, 5}) {
        cv::Mat image(size, CV_8UC(channels)), theirs;
        cv::RNG rng(7);
        rng.fill(image, cv::RNG::UNIFORM, 0, 256);
        cv::medianBlur(image, theirs, wide);
        const cv::Mat ours = render(Plan{size_of(image), {op::MedianBlur{wide}}}, image);
        EXPECT_EQ(cv::norm(ours, theirs, cv::NORM_INF), 0) << size << " by " << wide;
      }
}

TEST(Simd, SymmetricPassesSumAsScalarsDo) {
  const std::vector<std::int16_t> weights{12000, 6000, 3000, 1384};
  const auto bytes = some_bytes(1024);
  for (const int n : kLengths) {
    expect_twins<std::int16_t>(
        n, 0, [&](std::int16_t* out) { symmetric_across(bytes.data() + 40, 3, weights, n, out); }, "across");
    std::vector<std::int16_t> levels;
    for (const std::uint8_t b : bytes) levels.push_back(static_cast<std::int16_t>(b << kBetween));
    std::vector<const std::int16_t*> rows;
    for (int i = 0; i < 7; ++i) rows.push_back(levels.data() + 41 * i);
    expect_twins<std::uint8_t>(
        n, 0,
        [&](std::uint8_t* out) {
          symmetric_down(rows.data(), weights, n, out);
          for (int i = 0; i < n; ++i) {
            double exact = 0;
            for (std::size_t r = 0; r < 7; ++r)
              exact += weights[r < 3 ? 3 - r : r - 3] / 32768.0 * bytes[41 * r + static_cast<std::size_t>(i)];
            ASSERT_NEAR(out[i], exact, 0.6);
          }
        },
        "down");
  }
}

TEST(Simd, SharpeningIsAsScalarsDoAndNearTheFormula) {
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
      }
}

TEST(Simd, BoxesAreMeansRoundedToNearest) {
  for (const int size : {3, 5, 7, 9, 11, 13, 15})
    for (const int n : kLengths) {
      const auto bytes = some_bytes(n + 4 * size);
      std::vector<std::uint16_t> sums(bytes.size());
      for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = static_cast<std::uint16_t>(bytes[i] * size);
      expect_twins<std::uint8_t>(
          n, 0, [&](std::uint8_t* out) { box_row(sums.data() + 1, 3, size, n, out); }, "box");
      expect_twins<std::uint16_t>(
          n, 0,
          [&](std::uint16_t* out) {
            for (int i = 0; i < n; ++i) out[i] = 1000;
            slide_sums(bytes.data() + 1, bytes.data() + 2, n, out);
            slide_sums(bytes.data(), nullptr, n, out);
          },
          "running sums");
    }
  for (const int type : {CV_8UC1, CV_8UC3, CV_8UC4})
    for (const cv::Size shape : {cv::Size(1, 1), {2, 9}, {31, 17}, {64, 5}}) {
      const cv::Mat image = wavy(shape.height, shape.width, CV_MAT_CN(type));
      for (const int size : {1, 3, 7, 15, 17}) {
        cv::Mat expected;
        cv::blur(image, expected, {size, size}, {-1, -1}, cv::BORDER_REFLECT_101);
        EXPECT_LE(cv::norm(box(image, size), expected, cv::NORM_INF), 1) << size;
      }
    }
}

TEST(Simd, AreasAreReadAsScalarsDo) {
  for (const int channels : {1, 3, 4})
    for (const int taps : {2, 3, 5})
      for (const int width : {1, 2, 3, 17, 40}) {
        const auto row = some_floats(64 * channels + kAreaPadding);
        std::vector<int> places;
        std::vector<float> weights;
        for (int i = 0; i < width * taps; ++i) {
          places.push_back((i * 7 % 64) * channels);
          weights.push_back(static_cast<float>(1 + i % 3) / static_cast<float>(3 * taps));
        }
        expect_twins<float>(
            width * channels, 0,
            [&](float* out) {
              read_pixels(row.data(), places.data(), weights.data(), taps, channels, width, out);
            },
            "areas of floats");
        expect_twins<std::uint8_t>(
            width * channels, 0,
            [&](std::uint8_t* out) {
              auto levels = row;
              for (float& v : levels) v *= 255;
              read_pixels(levels.data(), places.data(), weights.data(), taps, channels, width, out);
            },
            "areas of bytes");
      }
  const auto a = some_bytes(300), b = some_bytes(301);
  const auto fa = some_floats(300);
  const std::array<float, 5> weights{0.1F, 0.2F, 0.3F, 0.25F, 0.15F};
  const std::array<const void*, 5> rows{a.data(), b.data(), a.data() + 1, b.data() + 3, a.data() + 7};
  const std::array<const void*, 5> float_rows{fa.data(), fa.data() + 1, fa.data() + 2, fa.data() + 3,
                                              fa.data() + 5};
  for (const int n : kLengths)
    for (const int count : {1, 2, 3, 4, 5}) {
      expect_twins<float>(
          n, 0, [&](float* out) { sum_byte_rows(rows.data(), weights.data(), count, n, out); },
          "rows of bytes");
      expect_twins<float>(
          n, 0, [&](float* out) { sum_float_rows(float_rows.data(), weights.data(), count, n, out); },
          "rows of floats");
    }
}

TEST(Simd, ScalesAreReadAsScalarsDo) {
  for (const int channels : {3, 4})
    for (const int width : {1, 2, 3, 8, 31, 64}) {
      const auto row = some_bytes(70 * channels);
      std::vector<int> first, second;
      std::vector<std::int16_t> shares;
      for (int x = 0; x < width; ++x) {
        first.push_back(x * channels);
        second.push_back((x + 1) * channels);
        shares.insert(shares.end(), 4, static_cast<std::int16_t>(x * 5003 % 32768));
      }
      for (const int begin : {0, 1})
        expect_twins<std::int16_t>(
            width * channels, 0,
            [&](std::int16_t* out) {
              std::vector<std::int16_t> line(static_cast<std::size_t>(width * channels + kScalePadding));
              scale_across(row.data(), {first.data(), second.data(), shares.data(), width, begin, width},
                           channels, line.data());
              std::copy_n(line.data(), width * channels, out);
              for (int i = 0; i < width * channels; ++i) {
                const double a = row[std::size_t(i)], b = row[std::size_t(i + channels)];
                ASSERT_NEAR(out[i] / 128.0, a + (b - a) * shares[std::size_t(i / channels * 4)] / 32768,
                            0.01);
              }
            },
            "across");
    }
  std::vector<std::int16_t> above, below;
  for (const std::uint8_t b : some_bytes(300)) above.push_back(static_cast<std::int16_t>(b * 128));
  below.assign(above.rbegin(), above.rend());
  for (const int n : kLengths)
    for (const std::int16_t share : {0, 5, 16384, 32767})
      expect_twins<std::uint8_t>(
          n, 0, [&](std::uint8_t* out) { scale_down(above.data() + 1, below.data(), share, n, out); },
          "down");
}

TEST(Simd, ScalesInEightsAreThoseInPairs) {
  if (!has_vbmi()) GTEST_SKIP() << "this processor has no AVX-512 VBMI";
  for (const int channels : {3, 4})
    for (const double step : {0.3, 1.0, 1.37, 2.0})
      for (const int width : {3, 8, 29, 40})
        for (const bool flipped : {false, true}) {
          const int last = width - 1, pixels = static_cast<int>(last * step + 0.4) + 2;
          const auto row = some_bytes(pixels * channels);  // not a byte more than there must be
          std::vector<int> first, second;
          std::vector<std::int16_t> shares;
          for (int x = 0; x < width; ++x) {
            const double at = (flipped ? last - x : x) * step + 0.4;
            first.push_back(static_cast<int>(at) * channels);
            second.push_back(first.back() + channels);
            shares.insert(shares.end(), 4, static_cast<std::int16_t>((at - std::floor(at)) * 32768));
          }
          const auto eights =
              scale_eights(first.data(), shares.data(), 1, width, channels, pixels * channels);
          EXPECT_EQ(eights.size(), static_cast<std::size_t>((width - 1) / 8));
          std::vector<std::int16_t> wide(static_cast<std::size_t>(width * channels + kScalePadding)),
              plain = wide;
          ScaleTaps taps{first.data(), second.data(), shares.data(), width, width, width};
          scale_across(row.data(), taps, channels, plain.data());
          taps.begin = 1;
          taps.end = 1 + 8 * static_cast<int>(eights.size());
          taps.eights = eights;
          scale_across(row.data(), taps, channels, wide.data());
          EXPECT_EQ(wide, plain) << channels << " channels, " << width << " pixels, step " << step;
        }
}

TEST(Simd, ZoomsAreReadAsScalarsDo) {
  for (const int channels : {1, 3, 4})
    for (const int width : {1, 2, 5, 33, 70})
      for (const double zoom : {1.0, 1.02, 1.3, 2.5}) {
        const int n = width * channels;
        const auto picture = some_floats(n + kZoomPadding), above = some_floats(n + kZoomPadding + 1),
                   below = some_floats(n + kZoomPadding + 5);
        const ZoomAxis across(0.4 * width, zoom, width, channels);
        std::vector<float> buffer(static_cast<std::size_t>(n + kZoomPadding)), row(buffer);
        expect_twins<float>(
            n, 0,
            [&](float* out) {
              zoom_row(picture.data(), above.data() + 1, below.data() + 5, 0.3F, across, n, buffer.data(),
                       row.data());
              std::copy_n(row.data(), n, out);
            },
            "zoom");
        for (int x = 0; x < width; ++x) {
          const double from =
              std::clamp(0.4 * width + (x + 0.5 - 0.4 * width) / zoom - 0.5, 0.0, width - 1.0);
          const int place = std::min(static_cast<int>(from), std::max(0, width - 2));
          const int next = std::min(place + 1, width - 1);
          for (int c = 0; c < channels; ++c) {
            const auto level = [&](int p) {
              const auto i = static_cast<std::size_t>(p * channels + c);
              return double(above[i + 1]) + 0.3 * double(below[i + 5] - above[i + 1]);
            };
            const double larger = level(place) + (from - place) * (level(next) - level(place));
            ASSERT_NEAR(row[static_cast<std::size_t>(x * channels + c)],
                        (double(picture[static_cast<std::size_t>(x * channels + c)]) + larger) / 2, 1e-5);
          }
        }
      }
}

TEST(Simd, MorphologyIsOpenCvs) {
  for (const int n : kLengths) {
    const auto bytes = some_bytes(n + 9);
    for (const auto which : {Extreme::Largest, Extreme::Smallest})
      expect_twins<std::uint8_t>(
          n, 0,
          [&](std::uint8_t* out) {
            extreme_of_rows(which, std::array{bytes.data() + 1, bytes.data() + 6, bytes.data() + 3}, n, out);
          },
          "extremes");
  }
  for (const int type : {CV_8UC1, CV_8UC3, CV_32FC3})
    for (const cv::Size shape : {cv::Size(1, 1), {1, 40}, {40, 1}, {31, 17}, {64, 65}}) {
      cv::Mat image(shape, type);
      cv::randu(image, 0, type == CV_32FC3 ? 1 : 256);
      for (const double radius : {0.3, 0.8, 1.0, 1.3, 2.0, 2.9, 5.0, 9.5}) {
        const int reach = static_cast<int>(std::ceil(radius));
        cv::Mat disc(2 * reach + 1, 2 * reach + 1, CV_8U), expected;
        for (int y = -reach; y <= reach; ++y)
          for (int x = -reach; x <= reach; ++x)
            disc.at<uchar>(y + reach, x + reach) = x * x + y * y <= radius * radius + 0.5 ? 1 : 0;
        using Mode = op::Morphology::Mode;
        cv::dilate(image, expected, disc);
        EXPECT_EQ(cv::norm(extremes(image, {Mode::Dilate, radius}), expected, cv::NORM_INF), 0) << radius;
        cv::erode(image, expected, disc);
        EXPECT_EQ(cv::norm(extremes(image, {Mode::Erode, radius}), expected, cv::NORM_INF), 0) << radius;
      }
    }
}

}  // namespace
}  // namespace doppel::augment
