#include "scale.h"

#include <algorithm>
#include <cmath>

#include "kernels/scale.h"
#include "kernels/vbmi.h"
#include "kernels/warp.h"

namespace doppel::augment {

bool ScaleReader::stays_inside(const AreaAxis::Range& range, int source) {
  const double a = range.origin + 0.5 * range.step, b = range.origin + (range.count - 0.5) * range.step;
  return std::min(a, b) >= 0.5 && std::max(a, b) <= source - 0.5;
}

ScaleReader::Tap ScaleReader::tap(const AreaAxis::Range& range, int i, int source, Fill::Kind border) {
  const double from = std::clamp(range.origin + (i + 0.5) * range.step - 0.5, -1e8, 1e8);
  const int cut = static_cast<int>(from), place = cut - (cut > from ? 1 : 0);  // floor, without a call
  const auto share =
      static_cast<std::int16_t>(std::min(32767, static_cast<int>((from - place) * 32768 + 0.5)));
  const bool inside = place >= 0 && place + 1 < source;
  const int first = inside ? place : border_index(place, source, border),
            second = inside ? place + 1 : border_index(place + 1, source, border);
  // A place on the last pixel's centre reads nothing beyond it.
  return {std::max(0, first), second < 0 ? std::max(0, first) : second, share};
}

ScaleReader::ScaleReader(const cv::Mat& source, const AreaAxis::Range& across, const AreaAxis::Range& down,
                         Fill::Kind border)
    : source_(source), down_(down), border_(border), width_(across.count) {
  const int channels = source.channels(), bytes = source.cols * channels;
  const auto count = static_cast<std::size_t>(width_);
  first_.reserve(count);
  second_.reserve(count);
  shares_.reserve(4 * count);
  begin_ = width_;
  for (int x = 0; x < width_; ++x) {
    const Tap t = tap(across, x, source.cols, border);
    first_.push_back(t.first * channels);
    second_.push_back(t.second * channels);
    shares_.insert(shares_.end(), 4, t.share);
    if (t.second != t.first + 1 || t.first * channels + 8 > bytes) continue;
    // One stretch: sources move in one direction.
    if (begin_ == width_) begin_ = end_ = x;
    if (end_ == x) end_ = x + 1;
  }
  if (begin_ == width_) begin_ = end_ = 0;
  if (has_vbmi()) eights_ = scale_eights(first_.data(), shares_.data(), begin_, end_, channels, bytes);
  for (auto& row : rows_) row.resize(static_cast<std::size_t>(width_ * channels + kScalePadding));
}

/// Row y of the source, scaled across; the buffer that holds row `keep` stays.
const std::int16_t* ScaleReader::scaled_row(int y, int keep) {
  for (std::size_t k = 0; k < 2; ++k)
    if (held_[k] == y) return rows_[k].data();
  const std::size_t k = held_[0] == keep ? 1 : 0;
  scale_across(source_.ptr(y), {first_.data(), second_.data(), shares_.data(), width_, begin_, end_, eights_},
               source_.channels(), rows_[k].data());
  held_[k] = y;
  return rows_[k].data();
}

void ScaleReader::read(int y, unsigned char* row) {
  const Tap t = tap(down_, y, source_.rows, border_);
  const std::int16_t* above = scaled_row(t.first, t.second);
  const std::int16_t* below = scaled_row(t.second, t.first);
  scale_down(above, below, t.share, width_ * source_.channels(), row);
}

}  // namespace doppel::augment
