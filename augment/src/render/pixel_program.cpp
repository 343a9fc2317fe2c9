#include "pixel_program.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/image_pool.h"
#include "doppel/augment/plan/sample.h"
#include "kernels/rows.h"

namespace doppel::augment {
namespace {

int planes_of(const cv::Mat& image) { return std::min(3, image.channels()); }

void count_levels(const PixelRow& row, ImageStats& stats) {
  for (std::size_t c = 0; c < static_cast<std::size_t>(row.planes); ++c)
    for (int x = 0; x < row.width; ++x)
      ++stats.histogram[c][static_cast<std::size_t>(std::clamp(row.plane[c][x], 0.F, 1.F) * 255 + 0.5F)];
}

/// Sums while rows go by.
struct Sums {
  std::array<double, 3> all{}, squares{}, top{};
  /// `spread`: squares, too.
  void add(const PixelRow& row, bool sky, bool spread) {
    float* square = scratch_row(3, row.width);
    for (std::size_t c = 0; c < static_cast<std::size_t>(row.planes); ++c) {
      const float* v = row.plane[c];
      const double sum = sum_of(v, row.width);
      all[c] += sum;
      if (sky) top[c] += sum;
      if (!spread) continue;
      for (int x = 0; x < row.width; ++x) square[x] = v[x] * v[x];
      squares[c] += sum_of(square, row.width);
    }
  }
};

/// Levels of an image that no stage changes. Two counters each, since neighbours are often alike.
ImageStats byte_levels(const cv::Mat& image) {
  ImageStats stats;
  const int channels = image.channels(), planes = planes_of(image);
  std::array<std::array<std::array<std::uint32_t, 256>, 3>, 2> counts{};
  for (int y = 0; y < image.rows; ++y) {
    const unsigned char* p = image.ptr(y);
    int x = 0;
    for (; x + 1 < image.cols; x += 2, p += 2 * channels)
      for (int c = 0; c < planes; ++c) {
        ++counts[0][static_cast<std::size_t>(c)][p[c]];
        ++counts[1][static_cast<std::size_t>(c)][p[channels + c]];
      }
    for (; x < image.cols; ++x, p += channels)
      for (int c = 0; c < planes; ++c) ++counts[0][static_cast<std::size_t>(c)][p[c]];
  }
  const double n = double(image.rows) * image.cols;
  for (std::size_t c = 0; c < static_cast<std::size_t>(planes); ++c) {
    double sum = 0, squares = 0;
    for (std::size_t v = 0; v < 256; ++v) {
      stats.histogram[c][v] = counts[0][c][v] + counts[1][c][v];
      const double level = static_cast<double>(v) / 255, weight = stats.histogram[c][v];
      sum += weight * level;
      squares += weight * level * level;
    }
    stats.mean[c] = sum / n;
    stats.deviation[c] = std::sqrt(std::max(0.0, squares / n - stats.mean[c] * stats.mean[c]));
  }
  return stats;
}

/// Means of an image that no stage changes, from its bytes: rows in one piece where they lie so.
ImageStats byte_means(const cv::Mat& image, int third) {
  const auto sums_of_rows = [&](int first, int last) {
    std::array<std::uint64_t, 4> sums{};
    const int piece = image.isContinuous() ? std::max(1, last - first) : 1;
    for (int y = first; y < last; y += piece) {
      const auto part = sums_of_bytes(image.ptr(y), image.channels(), piece * image.cols);
      for (std::size_t c = 0; c < 4; ++c) sums[c] += part[c];
    }
    return sums;
  };
  const auto top = sums_of_rows(0, third), rest = sums_of_rows(third, image.rows);
  const double scale = 1 / (255.0 * image.cols);
  ImageStats stats;
  for (std::size_t c = 0; c < 3; ++c) {
    stats.sky[c] = static_cast<double>(top[c]) * scale / third;
    stats.mean[c] = static_cast<double>(top[c] + rest[c]) * scale / image.rows;
  }
  return stats;
}

}  // namespace

void load_row(const cv::Mat& image, int y, const BandGroup& group, const PixelRow& row) {
  if (!group.plain) {
    for (std::size_t c = 0; c < static_cast<std::size_t>(group.planes); ++c)
      load_band(image.ptr(y), number_kind(image), image.channels(), group.channel[c], row.width,
                row.plane[c]);
  } else if (image.depth() == CV_8U) {
    load_bytes(image.ptr(y), image.channels(), row.width, row.plane);
  } else if (image.depth() == CV_16U) {
    load_shorts(image.ptr<std::uint16_t>(y), image.channels(), row.width, row.plane);
  } else {
    load_floats(image.ptr<float>(y), image.channels(), row.width, row.plane);
  }
}

PixelProgram::PixelProgram(std::span<const Op> ops, const cv::Mat& image, const BandGroup& group)
    : group_(group) {
  stages_.reserve(ops.size());
  static const ImageStats kUnknown;
  // Large, and seldom needed.
  const auto found = [&](const ImageStats& stats) -> const ImageStats& {
    return *new (memory_.allocate(sizeof(ImageStats), alignof(ImageStats))) ImageStats(stats);
  };
  const ImageStats* known = &kUnknown;
  for (const Op& op : ops) {
    if (!group.plain && group.planes == 1 && needs_rgb(op)) continue;
    if (const ImageNeed need = need_of(op);
        need != ImageNeed::Nothing && !std::holds_alternative<op::Normalize>(op)) {
      // Tables are cheaper than what it costs to keep floats.
      if (is_table()) {
        known = &found(stats(image, need));
      } else {
        const bool fresh = kept_.empty();
        if (fresh) kept_ = pooled_image(3 * image.rows, image.cols, CV_32F);
        known = &found(measure(image, need, [&](int y, PixelRow& row) {
          keep_row(row);
          if (fresh) load_row(image, y, group_, row);
          apply(row);
        }));
        done_ = stages_.size();
      }
    }
    if (auto stage = make_stage(op, {size_of(image), group.planes, *known, &memory_}))
      // Not across what is kept: the stages before it have run.
      if (stages_.size() == done_ || !stages_.back()->join(*stage)) stages_.push_back(std::move(stage));
  }
}

bool PixelProgram::needs_image(std::span<const Op> ops) {
  return std::ranges::any_of(ops, [](const Op& op) { return need_of(op) != ImageNeed::Nothing; });
}

void PixelProgram::run(const cv::Mat& rows, int from, PixelRow& row) const {
  if (kept_.empty())
    load_row(rows, from, group_, row);
  else
    keep_row(row);
  apply(row);
}

bool PixelProgram::run_part(const std::uint8_t* in, int channels, const PixelRow& row,
                            std::uint8_t* out) const {
  if (!kept_.empty() || stages_.empty()) return false;
  ColumnSpan all{row.width, 0};
  for (const auto& stage : stages_) {
    const ColumnSpan one = stage->touched(row.y, row.width);
    if (!one.empty()) all = {std::min(all.first, one.first), std::max(all.last, one.last)};
  }
  if (all.last - all.first >= row.width) return false;
  if (in != out) std::copy_n(in, row.width * channels, out);
  if (all.empty()) return true;
  PixelRow part = row;
  for (float*& plane : part.plane) plane += all.first;
  const std::uint8_t* from = in + all.first * channels;
  load_bytes(from, channels, all.last - all.first, part.plane);
  apply(row);
  store_bytes(part.plane, channels == 4 ? from + 3 : nullptr, channels, all.last - all.first,
              out + all.first * channels);
  return true;
}

void PixelProgram::keep_row(PixelRow& row) const {
  for (int c = 0; c < row.planes; ++c)
    row.plane[static_cast<std::size_t>(c)] = const_cast<float*>(kept_.ptr<float>(3 * row.y + c));
}

void PixelProgram::apply(const PixelRow& row) const {
  for (std::size_t i = done_; i < stages_.size(); ++i) stages_[i]->run(row);
}

bool PixelProgram::is_table() const {
  return std::ranges::all_of(stages_, [](const auto& stage) { return stage->is_table(); });
}

bool PixelProgram::takes_bytes() const {
  // Tables in a row round once, whatever their number.
  int roundings = 0;
  bool after_table = false;
  for (const auto& stage : stages_) {
    if (!stage->is_table() && !stage->takes_bytes()) return false;
    const bool table = !stage->takes_bytes();
    roundings += table ? !after_table : stage->rounds_bytes();
    after_table = table;
  }
  const bool matrix = std::ranges::any_of(stages_, [](const auto& stage) { return stage->rounds_bytes(); });
  return roundings <= 1 || !matrix;
}

namespace {

constexpr LevelCurve kEveryLevel = [] {
  LevelCurve levels;
  for (std::size_t v = 0; v < 256; ++v) levels[v] = static_cast<float>(v) * (1 / 255.F);
  return levels;
}();

}  // namespace

ByteProgram::ByteProgram(const PixelProgram& program, int channels) : channels_(channels) {
  const std::span stages(program.stages_);
  for (std::size_t i = 0; i < stages.size();) {
    if (stages[i]->takes_bytes()) {
      steps_.emplace_back(*stages[i++]);
      continue;
    }
    const std::size_t first = i;
    while (i < stages.size() && !stages[i]->takes_bytes()) ++i;
    steps_.emplace_back(stages.subspan(first, i - first), channels);
  }
}

TableForm ByteProgram::tables_of(std::span<const StagePtr> stages, int channels,
                                 std::array<ByteTable, 4>& tables) {
  const bool one =
      channels <= 3 && std::ranges::all_of(stages, [](const auto& s) { return s->is_one_table(); });
  std::array<LevelCurve, 3> level;
  PixelRow row{0, 256, one ? 1 : std::min(3, channels), {}};
  for (std::size_t c = 0; c < level.size(); ++c) {
    if (static_cast<int>(c) < row.planes) level[c] = kEveryLevel;
    row.plane[c] = level[c].data();
  }
  for (const auto& stage : stages) stage->run(row);
  for (std::size_t c = 0; c < static_cast<std::size_t>(row.planes); ++c)
    store_bytes({level[c].data()}, nullptr, 1, 256, tables[c].data());
  if (channels == 4) std::iota(tables[3].begin(), tables[3].end(), std::uint8_t{0});
  return form_of(tables, one ? 1 : channels, &level[0]);
}

void ByteProgram::run(const std::uint8_t* in, int y, int width, std::uint8_t* out) const {
  const std::uint8_t* from = in;
  if (steps_.empty()) std::copy_n(in, width * channels_, out);
  for (const Step& step : steps_) {
    if (step.cover)
      step.cover->run_bytes(from, out, channels_, y, width);
    else
      apply_tables(step.form, step.tables, channels_, from, width, out);
    from = out;
  }
}

ImageStats PixelProgram::stats(const cv::Mat& image, ImageNeed need) const {
  const int third = std::max(1, image.rows / 3);
  const bool bytes = stages_.empty() && image.depth() == CV_8U && group_.plain && !image.empty();
  if (need == ImageNeed::Means && bytes && image.channels() != 4) { return byte_means(image, third); }
  if (need == ImageNeed::Histogram && bytes) return byte_levels(image);
  // What is kept stays as it is: the rows are run again.
  return measure(image, need, [&](int y, PixelRow& row) {
    if (kept_.empty())
      load_row(image, y, group_, row);
    else
      for (int c = 0; c < row.planes; ++c)
        std::copy_n(kept_.ptr<float>(3 * y + c), row.width, row.plane[static_cast<std::size_t>(c)]);
    apply(row);
  });
}

template <class Rows>
ImageStats PixelProgram::measure(const cv::Mat& image, ImageNeed need, const Rows& rows) const {
  const int planes = group_.planes, third = std::max(1, image.rows / 3);
  ImageStats result;
  Sums sums;
  const cv::Mat buffer(3, image.cols, CV_32F, scratch_row(2, 3 * image.cols));
  for (int y = 0; y < image.rows; ++y) {
    PixelRow row{y, image.cols, planes, {}, group_.number};
    for (int c = 0; c < 3; ++c)
      row.plane[static_cast<std::size_t>(c)] = const_cast<float*>(buffer.ptr<float>(c));
    rows(y, row);
    sums.add(row, y < third, need == ImageNeed::Histogram);
    if (need == ImageNeed::Histogram) count_levels(row, result);
  }
  const double n = double(image.rows) * image.cols;
  for (std::size_t c = 0; c < static_cast<std::size_t>(planes); ++c) {
    result.mean[c] = sums.all[c] / n;
    result.deviation[c] = std::sqrt(std::max(0.0, sums.squares[c] / n - result.mean[c] * result.mean[c]));
    result.sky[c] = sums.top[c] / (double(third) * image.cols);
  }
  return result;
}

}  // namespace doppel::augment
