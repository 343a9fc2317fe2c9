#include "run_length.h"

#include <fmt/format.h>

#include <algorithm>

#include "doppel/base/error.h"

namespace doppel::dataset {

std::vector<std::uint32_t> runs_from_text(std::string_view text) {
  std::vector<std::uint32_t> runs;
  for (std::size_t at = 0; at < text.size();) {
    std::int64_t value = 0;
    int shift = 0;
    for (bool more = true; more; shift += 5) {
      const int group = at < text.size() ? text[at] - 48 : -1;
      ++at;
      if (group < 0 || group > 63 || shift > 30) throw Error("a damaged run-length code");
      value |= static_cast<std::int64_t>(group & 31) << shift;
      more = (group & 32) != 0;
      if (!more && (group & 16) != 0) value |= -1LL * (1LL << (shift + 5));
    }
    if (runs.size() > 2) value += runs[runs.size() - 2];
    if (value < 0 || value > 0xffffffffLL) throw Error("a damaged run-length code");
    runs.push_back(static_cast<std::uint32_t>(value));
  }
  return runs;
}

void check_runs(std::span<const std::uint32_t> runs, Size size) {
  std::uint64_t sum = 0;
  for (const std::uint32_t run : runs) sum += run;
  const auto pixels = static_cast<std::uint64_t>(size.height) * static_cast<std::uint64_t>(size.width);
  if (sum != pixels)
    throw Error(
        fmt::format("a run-length code of {} pixels for a mask of {} x {}", sum, size.height, size.width));
}

cv::Rect paint_runs(std::span<const std::uint32_t> runs, int value, cv::Mat& mask) {
  cv::Rect box;
  std::uint64_t at = 0;
  const auto rows = static_cast<std::uint64_t>(mask.rows);
  for (std::size_t k = 0; k < runs.size(); at += runs[k], ++k) {
    if (k % 2 == 0) continue;
    for (std::uint64_t first = at, end = at + runs[k]; first < end;) {
      const std::uint64_t column = first / rows, last = std::min(end, (column + 1) * rows);
      const int x = static_cast<int>(column), top = static_cast<int>(first % rows),
                bottom = top + static_cast<int>(last - first);
      for (int y = top; y < bottom; ++y) mask.at<int>(y, x) = value;
      box |= cv::Rect(x, top, 1, bottom - top);
      first = last;
    }
  }
  return box;
}

}  // namespace doppel::dataset
