#include "run_lengths.h"

namespace doppel::dataset::write {
namespace {

/// One instance's runs while columns pass by.
struct OpenRuns {
  Runs runs;
  std::uint64_t end = 0;  ///< of what has been told so far
};

}  // namespace

std::map<int, Runs> runs_of_instances(const cv::Mat& mask) {
  cv::Mat numbers = mask;
  if (mask.type() != CV_32SC1) mask.convertTo(numbers, CV_32S);
  const auto rows = static_cast<std::uint64_t>(numbers.rows),
             all = rows * static_cast<std::uint64_t>(numbers.cols);
  const auto at = [&](std::uint64_t place) {
    return numbers.ptr<int>(static_cast<int>(place % rows))[place / rows];
  };
  std::map<int, OpenRuns> open;
  for (std::uint64_t begin = 0, end = 0; begin < all; begin = end) {
    const int instance = at(begin);
    while (end < all && at(end) == instance) ++end;
    if (instance == 0) continue;
    OpenRuns& one = open[instance];
    one.runs.counts.push_back(static_cast<std::uint32_t>(begin - one.end));
    one.runs.counts.push_back(static_cast<std::uint32_t>(end - begin));
    one.runs.area += end - begin;
    one.end = end;
  }
  std::map<int, Runs> runs;
  for (auto& [instance, one] : open) {
    if (one.end < all) one.runs.counts.push_back(static_cast<std::uint32_t>(all - one.end));
    runs[instance] = std::move(one.runs);
  }
  return runs;
}

std::string text_of_runs(const std::vector<std::uint32_t>& counts) {
  std::string text;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    std::int64_t value = counts[i];
    if (i > 2) value -= counts[i - 2];
    for (bool more = true; more;) {
      std::int64_t group = value & 31;
      value >>= 5;
      more = (group & 16) != 0 ? value != -1 : value != 0;
      if (more) group |= 32;
      text += static_cast<char>(group + 48);
    }
  }
  return text;
}

}  // namespace doppel::dataset::write
