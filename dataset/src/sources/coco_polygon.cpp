#include "coco_polygon.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "doppel/base/error.h"

namespace doppel::dataset {
namespace {

/// Parts of a pixel that corners are rounded to.
constexpr int kParts = 5;
constexpr double kFarthest = 1e6;              // pixels
constexpr std::int64_t kLongest = 50'000'000;  // parts, of an outline

struct Place {
  int x = 0, y = 0;
};

/// Steps along an edge from corner to corner, one part of a pixel at a time along its longer side.
void walk(Place from, Place to, std::vector<Place>& path) {
  const int across = std::abs(to.x - from.x), down = std::abs(to.y - from.y);
  const bool by_x = across >= down;
  // Rounded from the lesser end, whichever way it is walked.
  const bool back = by_x ? from.x > to.x : from.y > to.y;
  const Place low = back ? to : from, high = back ? from : to;
  const int steps = std::max(across, down);
  const double slope = steps == 0 ? 0
                       : by_x     ? static_cast<double>(high.y - low.y) / across
                                  : static_cast<double>(high.x - low.x) / down;
  for (int i = 0; i <= steps; ++i) {
    const int t = back ? steps - i : i;
    if (by_x)
      path.push_back({low.x + t, static_cast<int>(low.y + slope * t + 0.5)});
    else
      path.push_back({static_cast<int>(low.x + slope * t + 0.5), low.y + t});
  }
}

std::vector<Place> outline_of(const std::vector<double>& corners) {
  std::vector<Place> rounded;
  for (std::size_t i = 0; i + 1 < corners.size(); i += 2) {
    if (!(std::abs(corners[i]) <= kFarthest && std::abs(corners[i + 1]) <= kFarthest))
      throw Error(fmt::format("a corner at ({}, {}) is far outside its picture", corners[i], corners[i + 1]));
    rounded.push_back(
        {static_cast<int>(kParts * corners[i] + 0.5), static_cast<int>(kParts * corners[i + 1] + 0.5)});
  }
  std::int64_t length = 0;
  for (std::size_t i = 0; i < rounded.size(); ++i) {
    const Place a = rounded[i], b = rounded[(i + 1) % rounded.size()];
    length += std::max(std::abs(a.x - b.x), std::abs(a.y - b.y)) + 1;
  }
  if (length > kLongest) throw Error("a polygon's outline is millions of pixels long");
  std::vector<Place> path;
  path.reserve(static_cast<std::size_t>(length));
  for (std::size_t i = 0; i < rounded.size(); ++i) walk(rounded[i], rounded[(i + 1) % rounded.size()], path);
  return path;
}

/// Where the outline crosses the middle of a column: the rows at which inside and outside change, as column ·
/// height + row, in order.
std::vector<std::int64_t> crossings(const std::vector<Place>& path, int width, int height) {
  std::vector<std::int64_t> rows;
  for (std::size_t i = 1; i < path.size(); ++i) {
    if (path[i].x == path[i - 1].x) continue;
    const int left = path[i].x < path[i - 1].x ? path[i].x : path[i].x - 1;
    const double column = (left + 0.5) / kParts - 0.5;
    if (std::floor(column) != column || column < 0 || column > width - 1) continue;
    const int upper = std::min(path[i].y, path[i - 1].y);
    const double row = std::ceil(std::clamp((upper + 0.5) / kParts - 0.5, 0.0, static_cast<double>(height)));
    rows.push_back(static_cast<std::int64_t>(column) * height + static_cast<std::int64_t>(row));
  }
  std::ranges::sort(rows);
  return rows;
}

}  // namespace

void paint_polygons(const std::vector<std::vector<double>>& polygons, int value, cv::Mat& mask) {
  const int height = mask.rows, width = mask.cols;
  const std::int64_t all = static_cast<std::int64_t>(height) * width;
  for (const std::vector<double>& corners : polygons) {
    if (corners.size() < 6) continue;
    std::vector<std::int64_t> changes = crossings(outline_of(corners), width, height);
    if (changes.size() % 2 != 0) changes.push_back(all);
    for (std::size_t i = 0; i + 1 < changes.size(); i += 2)
      for (std::int64_t at = changes[i]; at < std::min(all, changes[i + 1]); ++at)
        mask.at<int>(static_cast<int>(at % height), static_cast<int>(at / height)) = value;
  }
}

}  // namespace doppel::dataset
