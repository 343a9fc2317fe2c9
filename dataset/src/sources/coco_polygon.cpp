#include "coco_polygon.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "doppel/base/error.h"

namespace doppel::dataset {
namespace {

constexpr int kFifths = 5, kCentre = 2;  // a pixel's middle fifth

int floor_fifth(int fifths) { return fifths >= 0 ? fifths / kFifths : -((kFifths - 1 - fifths) / kFifths); }
int ceil_fifth(int fifths) { return -floor_fifth(-fifths); }

/// The first column, or row, whose centre isn't before this fifth.
int first_centre(int fifth) { return ceil_fifth(fifth - kCentre); }

struct PolygonCorner {
  int x, y;
};

/// The trace of one edge, from its lower end along the longer axis.
class PolygonEdge {
 public:
  PolygonEdge(PolygonCorner a, PolygonCorner b) : from_(a), to_(b) {
    const int dx = std::abs(a.x - b.x), dy = std::abs(a.y - b.y);
    flat_ = dx >= dy;
    if (flat_ ? a.x > b.x : a.y > b.y) std::swap(from_, to_);
    if (dx == 0 && dy == 0) return;
    slope_ = flat_ ? static_cast<double>(to_.y - from_.y) / dx : static_cast<double>(to_.x - from_.x) / dy;
  }
  /// Shows each of the first `columns` columns whose centre is passed, and the fifth in which it is.
  void passed(int columns, const auto& show) const {
    if (flat_ && from_.x == to_.x) return;
    const int left = flat_ ? from_.x : std::min(other(from_.y), other(to_.y));
    const int right = flat_ ? to_.x : std::max(other(from_.y), other(to_.y));
    const int end = std::min(columns, first_centre(right));
    for (int column = std::max(0, first_centre(left)); column < end; ++column) {
      const int fifth = kFifths * column + kCentre;
      show(column, flat_ ? std::min(other(fifth), other(fifth + 1)) : steep_row(fifth));
    }
  }

 private:
  /// The shorter axis' fifth at one of the longer.
  int other(int along) const {
    const int start = flat_ ? from_.x : from_.y, base = flat_ ? from_.y : from_.x;
    return static_cast<int>(base + slope_ * (along - start) + 0.5);
  }
  /// The last y before the trace has passed from one side of `fifth` | `fifth` + 1 to the other.
  int steep_row(int fifth) const {
    const bool begins = other(from_.y) > fifth;
    int before = from_.y, past = to_.y;
    while (past - before > 1) {
      const int middle = before + (past - before) / 2;
      ((other(middle) > fifth) == begins ? before : past) = middle;
    }
    return before;
  }

  PolygonCorner from_, to_;
  bool flat_ = true;
  double slope_ = 0;
};

PolygonCorner corner_at(std::span<const std::int32_t> corners, std::size_t k) {
  return {corners[2 * k], corners[2 * k + 1]};
}

/// The pixels that a polygon may have.
cv::Rect reach(std::span<const std::int32_t> corners, cv::Size image) {
  PolygonCorner low = corner_at(corners, 0), high = low;
  for (std::size_t k = 1; k < corners.size() / 2; ++k) {
    const auto [x, y] = corner_at(corners, k);
    low = {std::min(low.x, x), std::min(low.y, y)};
    high = {std::max(high.x, x), std::max(high.y, y)};
  }
  const int left = std::clamp(first_centre(low.x), 0, image.width),
            right = std::clamp(first_centre(high.x), 0, image.width),
            top = std::clamp(first_centre(low.y), 0, image.height),
            bottom = std::clamp(first_centre(high.y), 0, image.height);
  return {left, top, right - left, bottom - top};
}

}  // namespace

void no_polygon_corner(double coordinate) {
  throw Error(fmt::format("a corner at {}, where no image is", coordinate));
}

cv::Rect paint_polygon(std::span<const std::int32_t> corners, int value, cv::Mat& mask) {
  const std::size_t n = corners.size() / 2;
  if (n < 3) return {};
  const cv::Rect area = reach(corners, mask.size());
  if (area.empty()) return {};
  // Which rows begin or end a run, in each column: two in one place cancel.
  const auto width = static_cast<std::size_t>(area.width);
  std::vector<unsigned char> turns(width * static_cast<std::size_t>(area.height + 1)), inside(width),
      seen(width);
  for (std::size_t k = 0; k < n; ++k)
    PolygonEdge(corner_at(corners, k), corner_at(corners, (k + 1) % n))
        .passed(area.x + area.width, [&](int x, int y) {
          const int row = std::clamp(first_centre(y), area.y, area.y + area.height) - area.y;
          turns[static_cast<std::size_t>(row) * width + static_cast<std::size_t>(x - area.x)] ^= 1;
        });
  int top = -1, bottom = -1;
  for (int y = 0; y < area.height; ++y) {
    const unsigned char* turn = &turns[static_cast<std::size_t>(y) * width];
    int* row = mask.ptr<int>(area.y + y) + area.x;
    unsigned char any = 0;
    for (std::size_t x = 0; x < width; ++x) {
      inside[x] ^= turn[x];
      seen[x] |= inside[x];
      any |= inside[x];
      row[x] = inside[x] != 0 ? value : row[x];
    }
    if (any == 0) continue;
    if (top < 0) top = y;
    bottom = y + 1;
  }
  if (top < 0) return {};
  const auto first = std::ranges::find(seen, 1) - seen.begin();
  const auto last = std::ranges::find(seen.rbegin(), seen.rend(), 1).base() - seen.begin();
  return {area.x + static_cast<int>(first), area.y + top, static_cast<int>(last - first), bottom - top};
}

}  // namespace doppel::dataset
