// Maps of every kind, and how they are compared: by their bits, since NaN is no number that equals itself.
#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "doppel/augment/plan/sample.h"

namespace doppel::dataset {

/// CV_32F whose k-th number is `number(k)`.
template <class Number>
cv::Mat map_of_numbers(cv::Size size, int channels, const Number& number) {
  cv::Mat values(size, CV_32FC(channels));
  for (int k = 0; k < static_cast<int>(values.total()) * channels; ++k)
    values.ptr<float>()[k] = static_cast<float>(number(k));
  return values;
}

/// Floats of all sorts: tiny, huge, none, infinite, and 0 of either sign.
inline cv::Mat rough_map(cv::Size size, int channels) {
  cv::Mat values =
      map_of_numbers(size, channels, [](int k) { return std::sin(k * 0.7) * std::exp(k % 80 - 40); });
  auto* numbers = values.ptr<float>();
  numbers[0] = std::numeric_limits<float>::quiet_NaN();
  numbers[1] = -0.0F;
  numbers[2] = -std::numeric_limits<float>::infinity();
  numbers[3] = std::numeric_limits<float>::denorm_min();
  numbers[4] = std::bit_cast<float>(0xffc12345U);  // a NaN that says more
  return values;
}

/// One of each kind, some of whole numbers and some of floats.
inline std::vector<augment::FloatMap> some_maps(cv::Size size, int seed) {
  using augment::MapKind;
  const auto spread = [seed](int most) { return [=](int k) { return (k * 7919 + seed * 31) % (most + 1); }; };
  const auto shares = [&](int k) { return static_cast<float>(spread(255)(k)) / 255.0F; };
  const auto millimetres = [&](int k) { return spread(40'000)(k) * 0.001; };
  const auto vectors = [&](int k) { return spread(3000)(k) / 64.0 - 17; };
  return {
      {.name = "depth",
       .values = map_of_numbers(size, 1, millimetres),
       .kind = MapKind::Depth,
       .filter = Filter::Nearest,
       .fill = 80},
      {.name = "lidar", .values = rough_map(size, 1), .kind = MapKind::Depth, .filter = Filter::Nearest},
      {.name = "heat",
       .values = map_of_numbers(size, 5, [](int k) { return std::exp(-0.01 * k); }),
       .kind = MapKind::Heatmap},
      {.name = "flow", .values = map_of_numbers(size, 2, vectors), .kind = MapKind::Flow},
      {.name = "rough flow", .values = rough_map(size, 4), .kind = MapKind::Flow, .fill = -1.5F},
      {.name = "other", .values = map_of_numbers(size, 3, shares), .kind = MapKind::Image, .colors = true},
      {.name = "values", .values = rough_map(size, 64), .kind = MapKind::Values, .filter = Filter::Nearest}};
}

inline bool same_bits(const cv::Mat& a, const cv::Mat& b) {
  if (a.size() != b.size() || a.type() != b.type()) return false;
  for (int y = 0; y < a.rows; ++y)
    for (int x = 0; x < a.cols * a.channels(); ++x)
      if (std::bit_cast<std::uint32_t>(a.ptr<float>(y)[x]) !=
          std::bit_cast<std::uint32_t>(b.ptr<float>(y)[x]))
        return false;
  return true;
}

inline void expect_same_maps(const std::vector<augment::FloatMap>& is,
                             const std::vector<augment::FloatMap>& was) {
  ASSERT_EQ(is.size(), was.size());
  for (std::size_t k = 0; k < is.size(); ++k) {
    EXPECT_EQ(is[k].name, was[k].name);
    EXPECT_EQ(is[k].kind, was[k].kind) << is[k].name;
    EXPECT_EQ(is[k].filter, was[k].filter) << is[k].name;
    EXPECT_EQ(is[k].fill, was[k].fill) << is[k].name;
    EXPECT_EQ(is[k].colors, was[k].colors) << is[k].name;
    EXPECT_TRUE(same_bits(is[k].values, was[k].values)) << is[k].name;
  }
}

/// A polygon, a second one of the same object, and a line.
inline std::vector<augment::Outline> some_outlines(double shift) {
  return {{{{1 + shift, 2.1}, {9.3, 1.0 / 3 + shift}, {7, 7.7}}, true, 1, 3},
          {{{2, 2}, {4, 2}, {4, 4 + shift / 7}, {2, 4}}, true, 1, 3},
          {{{0, 0}, {5.5, 1e-9}, {9, 3}}, false, -1, -1}};
}

}  // namespace doppel::dataset
