#include "writer.h"

#include "doppel/augment/error.h"

namespace doppel::augment {
namespace {

unsigned char to_byte(float v) {
  return static_cast<unsigned char>(std::min(1.F, std::max(0.F, v)) * 255 + 0.5F);
}

}  // namespace

Writer::Writer(const Target& target, const op::Normalize* normalize) : target_(target) {
  if (normalize && target.type == PixelType::U8)
    throw Error("a recipe with Normalize gives floats; ask for f32 batches or leave Normalize out");
  for (std::size_t c = 0; c < 4; ++c) {
    scale_[c] = 1 / target.std[c];
    offset_[c] = -target.mean[c] / target.std[c];
    if (!normalize || c == 3) continue;
    const auto pick = [c](const std::vector<double>& v) { return v[std::min(c, v.size() - 1)]; };
    const double mean = pick(normalize->mean), std = pick(normalize->std);
    offset_[c] += static_cast<float>(-mean / std) * scale_[c];
    scale_[c] *= static_cast<float>(1 / std);
  }
  std::array<std::array<float, 256>, 3> same;
  for (auto& table : same)
    for (std::size_t v = 0; v < 256; ++v) table[v] = static_cast<float>(v) * (1 / 255.F);
  set_tables(same);
}

void Writer::set_tables(const std::array<std::array<float, 256>, 3>& tables) {
  for (std::size_t c = 0; c < 4; ++c)
    for (std::size_t v = 0; v < 256; ++v) {
      const float value = c < 3 ? tables[c][v] : static_cast<float>(v) * (1 / 255.F);
      floats_[c][v] = value * scale_[c] + offset_[c];
      bytes_[c][v] = to_byte(value);
    }
}

Writer::Slot Writer::slot(int channel, int y) const {
  const auto w = static_cast<std::size_t>(target_.size.width),
             h = static_cast<std::size_t>(target_.size.height);
  const auto c = static_cast<std::size_t>(channel), n = static_cast<std::size_t>(target_.channels);
  if (target_.layout == Layout::CHW) return {(c * h + static_cast<std::size_t>(y)) * w, 1};
  return {static_cast<std::size_t>(y) * w * n + c, n};
}

void Writer::put(int channel, int y, std::span<const float> values) const {
  const auto [first, step] = slot(channel, y);
  const auto c = static_cast<std::size_t>(channel);
  if (target_.type == PixelType::F32) {
    float* out = static_cast<float*>(target_.data) + first;
    for (std::size_t x = 0; x < values.size(); ++x) out[x * step] = values[x] * scale_[c] + offset_[c];
  } else {
    auto* out = static_cast<unsigned char*>(target_.data) + first;
    for (std::size_t x = 0; x < values.size(); ++x) out[x * step] = to_byte(values[x]);
  }
}

void Writer::write(const PixelRow& row, const cv::Mat& source, int source_y) const {
  for (int c = 0; c < row.planes; ++c)
    put(c, row.y, {row.plane[static_cast<std::size_t>(c)], static_cast<std::size_t>(row.width)});
  if (target_.channels != 4) return;
  std::vector<float> alpha(static_cast<std::size_t>(row.width));
  for (int x = 0; x < row.width; ++x)
    alpha[static_cast<std::size_t>(x)] =
        source.depth() == CV_8U ? static_cast<float>(source.ptr(source_y)[x * 4 + 3]) * (1 / 255.F)
                                : source.ptr<float>(source_y)[x * 4 + 3];
  put(3, row.y, alpha);
}

void Writer::write_levels(const unsigned char* source, int channels, int y) const {
  const auto width = static_cast<std::size_t>(target_.size.width),
             step_in = static_cast<std::size_t>(channels);
  for (int channel = 0; channel < channels; ++channel) {
    const auto [first, step] = slot(channel, y);
    const auto c = static_cast<std::size_t>(channel);
    const unsigned char* in = source + channel;
    if (target_.type == PixelType::F32) {
      float* out = static_cast<float*>(target_.data) + first;
      for (std::size_t x = 0; x < width; ++x) out[x * step] = floats_[c][in[x * step_in]];
    } else {
      auto* out = static_cast<unsigned char*>(target_.data) + first;
      for (std::size_t x = 0; x < width; ++x) out[x * step] = bytes_[c][in[x * step_in]];
    }
  }
}

}  // namespace doppel::augment
