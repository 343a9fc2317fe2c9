#include "outline.h"

#include <array>
#include <cstdint>

namespace doppel::dataset::write {
namespace {

struct Corner {
  int x = 0, y = 0;
  friend bool operator==(const Corner&, const Corner&) = default;
};
using Loop = std::vector<Corner>;

/// Edges of pixels with the instance at their right, by where they begin: bits for right, down, left, up.
class Edges {
 public:
  Edges(const cv::Mat& numbers, int instance, const cv::Rect& around) : wide_(around.width + 1) {
    const auto is_inside = [&](int x, int y) {
      return x >= around.x && y >= around.y && x < around.x + around.width && y < around.y + around.height &&
             numbers.ptr<int>(y)[x] == instance;
    };
    begin_.assign(static_cast<std::size_t>(wide_) * static_cast<std::size_t>(around.height + 1), 0);
    for (int y = around.y; y < around.y + around.height; ++y)
      for (int x = around.x; x < around.x + around.width; ++x) {
        if (!is_inside(x, y)) continue;
        const Corner at{x - around.x, y - around.y};
        if (!is_inside(x, y - 1)) of(at) |= 1;
        if (!is_inside(x + 1, y)) of({at.x + 1, at.y}) |= 2;
        if (!is_inside(x, y + 1)) of({at.x + 1, at.y + 1}) |= 4;
        if (!is_inside(x - 1, y)) of({at.x, at.y + 1}) |= 8;
      }
  }

  /// All loops, by their corners alone.
  std::vector<Loop> loops() {
    std::vector<Loop> all;
    for (std::size_t k = 0; k < begin_.size(); ++k)
      while (begin_[k] != 0) all.push_back(walk({static_cast<int>(k) % wide_, static_cast<int>(k) / wide_}));
    return all;
  }

 private:
  std::uint8_t& of(Corner at) {
    return begin_[static_cast<std::size_t>(at.y) * static_cast<std::size_t>(wide_) +
                  static_cast<std::size_t>(at.x)];
  }
  Loop walk(Corner start) {
    constexpr std::array<Corner, 4> kSteps{{{1, 0}, {0, 1}, {-1, 0}, {0, -1}}};
    Loop loop;
    Corner at = start;
    int before = -1, first = -1;
    do {
      // To the right first: pixels that touch at a corner alone stay apart.
      int way = -1;
      for (int turn = 0; turn < 4 && way < 0; ++turn) {
        const int candidate = before < 0 ? turn : (before + 1 + 3 * turn) % 4;
        if ((of(at) >> candidate & 1) != 0) way = candidate;
      }
      of(at) = static_cast<std::uint8_t>(of(at) & ~(1 << way));
      if (way != before) loop.push_back(at);
      if (first < 0) first = way;
      before = way;
      at = {at.x + kSteps[static_cast<std::size_t>(way)].x, at.y + kSteps[static_cast<std::size_t>(way)].y};
    } while (at != start);
    if (before == first && loop.size() > 4) loop.erase(loop.begin());
    return loop;
  }
  int wide_;
  std::vector<std::uint8_t> begin_;
};

std::vector<Point> joined(const std::vector<Loop>& loops, Corner offset) {
  std::vector<Point> polygon;
  const auto add = [&](Corner at) {
    polygon.push_back({static_cast<double>(at.x + offset.x), static_cast<double>(at.y + offset.y)});
  };
  for (std::size_t k = 0; k < loops.size(); ++k) {
    for (const Corner at : loops[k]) add(at);
    if (loops.size() == 1) break;
    add(loops[k][0]);
    if (k > 0) add(loops[0][0]);
  }
  return polygon;
}

}  // namespace

std::map<int, std::vector<Point>> outlines_of_instances(const cv::Mat& mask) {
  cv::Mat numbers = mask;
  if (mask.type() != CV_32SC1) mask.convertTo(numbers, CV_32S);
  std::map<int, cv::Rect> around;
  for (int y = 0; y < numbers.rows; ++y) {
    const int* row = numbers.ptr<int>(y);
    for (int x = 0; x < numbers.cols; ++x)
      if (row[x] != 0) {
        const auto [found, is_new] = around.try_emplace(row[x], x, y, 1, 1);
        if (!is_new) found->second |= cv::Rect(x, y, 1, 1);
      }
  }
  std::map<int, std::vector<Point>> outlines;
  for (const auto& [instance, place] : around)
    outlines[instance] = joined(Edges(numbers, instance, place).loops(), {place.x, place.y});
  return outlines;
}

}  // namespace doppel::dataset::write
