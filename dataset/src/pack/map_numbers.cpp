#include "map_numbers.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

namespace doppel::dataset::pack {
namespace {

constexpr std::int64_t kMostWhole = 65535;

/// Whole numbers as they are, in shares of a range, in KITTI's and TUM's units, and in decimal ones.
/// Quotients, products of doubles and products of floats round differently, and all three are met.
constexpr std::array kUsualUnits{
    MapUnit{},
    MapUnit{.over = 255},
    MapUnit{.step = static_cast<double>(static_cast<float>(1 / 255.0))},
    MapUnit{.over = 65535},
    MapUnit{.step = static_cast<double>(static_cast<float>(1 / 65535.0))},
    MapUnit{.over = 64},
    MapUnit{.over = 256},
    MapUnit{.over = 10},
    MapUnit{.step = 0.1},
    MapUnit{.step = static_cast<double>(0.1F)},
    MapUnit{.over = 100},
    MapUnit{.step = 0.01},
    MapUnit{.step = static_cast<double>(0.01F)},
    MapUnit{.over = 1000},
    MapUnit{.step = 0.001},
    MapUnit{.step = static_cast<double>(0.001F)},
    MapUnit{.over = 5000},
    MapUnit{.step = 0.0002},
    MapUnit{.step = static_cast<double>(0.0002F)},
};

float value_of(std::int64_t number, const MapUnit& unit) {
  return static_cast<float>(static_cast<double>(number) * unit.step / unit.over);
}

/// The whole number that a value is; nothing where it's none, to the bit.
std::optional<std::int64_t> number_of(float value, const MapUnit& unit) {
  const double whole = std::round(static_cast<double>(value) * unit.over / unit.step);
  if (!(std::abs(whole) <= std::numeric_limits<std::int32_t>::max())) return {};
  const auto number = static_cast<std::int64_t>(whole);
  const bool same =
      std::bit_cast<std::uint32_t>(value_of(number, unit)) == std::bit_cast<std::uint32_t>(value);
  return same ? std::optional(number) : std::nullopt;
}

/// The least and the largest whole number of a map; nothing where one is none, or they lie too far apart.
std::optional<std::pair<std::int64_t, std::int64_t>> reach_of(const cv::Mat& values, const MapUnit& unit) {
  std::int64_t least = std::numeric_limits<std::int64_t>::max(),
               most = std::numeric_limits<std::int64_t>::min();
  for (int y = 0; y < values.rows; ++y) {
    const auto* row = values.ptr<float>(y);
    for (int x = 0; x < values.cols * values.channels(); ++x) {
      const auto number = number_of(row[x], unit);
      if (!number) return {};
      least = std::min(least, *number);
      most = std::max(most, *number);
      if (most - least > kMostWhole) return {};
    }
  }
  return std::pair(least, most);
}

template <class T>
void put_numbers(const cv::Mat& values, const MapUnit& unit, cv::Mat& numbers) {
  for (int y = 0; y < values.rows; ++y)
    for (int x = 0; x < values.cols * values.channels(); ++x)
      numbers.ptr<T>(y)[x] =
          static_cast<T>(number_of(values.ptr<float>(y)[x], unit).value_or(0) - unit.first);
}

template <class T>
void take_values(const cv::Mat& numbers, const MapUnit& unit, cv::Mat& values) {
  for (int y = 0; y < numbers.rows; ++y) {
    const T* in = numbers.ptr<T>(y);
    auto* out = values.ptr<float>(y);
    for (int x = 0; x < numbers.cols * numbers.channels(); ++x) out[x] = value_of(in[x] + unit.first, unit);
  }
}

}  // namespace

std::optional<WholeMap> whole_map(const cv::Mat& values) {
  for (MapUnit unit : kUsualUnits) {
    const auto reach = reach_of(values, unit);
    if (!reach || values.empty()) continue;
    const auto [least, most] = *reach;
    unit.first = least >= 0 && most <= kMostWhole ? 0 : least;
    const bool bytes = most - unit.first <= 255;
    WholeMap map{cv::Mat(values.size(), CV_MAKETYPE(bytes ? CV_8U : CV_16U, values.channels())), unit};
    bytes ? put_numbers<std::uint8_t>(values, unit, map.numbers)
          : put_numbers<std::uint16_t>(values, unit, map.numbers);
    return map;
  }
  return {};
}

cv::Mat map_values(const cv::Mat& numbers, const MapUnit& unit) {
  cv::Mat values(numbers.size(), CV_32FC(numbers.channels()));
  numbers.depth() == CV_8U ? take_values<std::uint8_t>(numbers, unit, values)
                           : take_values<std::uint16_t>(numbers, unit, values);
  return values;
}

}  // namespace doppel::dataset::pack
