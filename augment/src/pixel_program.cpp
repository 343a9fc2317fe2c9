#include "pixel_program.h"

#include <algorithm>
#include <numeric>

#include "pixel_stages.h"

namespace doppel::augment {
namespace {

bool needs_means(const Op& any) {
  if (const auto* cover = std::get_if<op::Cover>(&any)) return cover->fill == CoverFill::Mean;
  return std::holds_alternative<op::Contrast>(any) || std::holds_alternative<op::Rain>(any);
}

/// Counts of each level of an 8-bit picture's rows [0, rows), per channel.
std::array<std::array<std::size_t, 256>, 3> histogram(const cv::Mat& image, int rows, int planes) {
  std::array<std::array<std::size_t, 256>, 3> counts{};
  const int channels = image.channels();
  for (int y = 0; y < rows; ++y) {
    const unsigned char* p = image.ptr(y);
    for (int x = 0; x < image.cols; ++x, p += channels)
      for (int c = 0; c < planes; ++c) ++counts[static_cast<std::size_t>(c)][p[c]];
  }
  return counts;
}

}  // namespace

void load_row(const cv::Mat& image, int y, const PixelRow& row) {
  const int channels = image.channels();
  if (image.depth() == CV_8U) {
    const unsigned char* p = image.ptr(y);
    for (int c = 0; c < row.planes; ++c) {
      float* out = row.plane[static_cast<std::size_t>(c)];
      for (int x = 0; x < row.width; ++x) out[x] = static_cast<float>(p[x * channels + c]) * (1 / 255.F);
    }
  } else {
    const float* p = image.ptr<float>(y);
    for (int c = 0; c < row.planes; ++c) {
      float* out = row.plane[static_cast<std::size_t>(c)];
      for (int x = 0; x < row.width; ++x) out[x] = p[x * channels + c];
    }
  }
}

PixelProgram::PixelProgram(std::span<const Op> ops, const cv::Mat& image) {
  const int planes = std::min(3, image.channels());
  for (const Op& op : ops) {
    const PictureMeans known = needs_means(op) ? means(image) : PictureMeans{};
    if (auto stage = make_stage(op, size_of(image), planes, known)) stages_.push_back(std::move(stage));
  }
}

bool PixelProgram::needs_picture(std::span<const Op> ops) { return std::ranges::any_of(ops, needs_means); }

void PixelProgram::run(const PixelRow& row) const {
  for (const auto& stage : stages_) stage->run(row);
}

bool PixelProgram::is_table() const {
  return std::ranges::all_of(stages_, [](const auto& stage) { return stage->is_table(); });
}

std::array<std::array<float, 256>, 3> PixelProgram::tables(int planes) const {
  std::array<std::array<float, 256>, 3> table;
  PixelRow row{0, 256, planes, {}};
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t v = 0; v < 256; ++v) table[c][v] = static_cast<float>(v) * (1 / 255.F);
    row.plane[c] = table[c].data();
  }
  run(row);
  return table;
}

PictureMeans PixelProgram::means(const cv::Mat& image) const {
  const int planes = std::min(3, image.channels()), third = std::max(1, image.rows / 3);
  PictureMeans result;
  if (image.depth() == CV_8U && is_table()) {
    const auto table = tables(planes);
    const auto weigh = [&](const std::array<std::size_t, 256>& counts, std::size_t c, int rows) {
      double sum = 0;
      for (std::size_t v = 0; v < 256; ++v)
        sum += static_cast<double>(counts[v]) * static_cast<double>(table[c][v]);
      return sum / (double(rows) * image.cols);
    };
    const auto whole = histogram(image, image.rows, planes), top = histogram(image, third, planes);
    for (std::size_t c = 0; c < static_cast<std::size_t>(planes); ++c) {
      result.mean[c] = weigh(whole[c], c, image.rows);
      result.sky[c] = weigh(top[c], c, third);
    }
    return result;
  }
  std::vector<float> buffer(static_cast<std::size_t>(image.cols) * 3);
  for (int y = 0; y < image.rows; ++y) {
    PixelRow row{y, image.cols, planes, {}};
    for (std::size_t c = 0; c < 3; ++c)
      row.plane[c] = buffer.data() + c * static_cast<std::size_t>(image.cols);
    load_row(image, y, row);
    run(row);
    for (std::size_t c = 0; c < static_cast<std::size_t>(planes); ++c) {
      const double sum = std::accumulate(row.plane[c], row.plane[c] + image.cols, 0.0);
      result.mean[c] += sum / (double(image.rows) * image.cols);
      if (y < third) result.sky[c] += sum / (double(third) * image.cols);
    }
  }
  return result;
}

}  // namespace doppel::augment
