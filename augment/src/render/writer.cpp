#include "writer.h"

#include <algorithm>

#include "doppel/base/error.h"
#include "kernels/copy.h"
#include "kernels/rows.h"

namespace doppel::augment {
namespace {

unsigned char to_byte(float v) { return static_cast<unsigned char>(std::clamp(v, 0.F, 1.F) * 255 + 0.5F); }

}  // namespace

ChannelNorms ChannelNorms::of(const op::Normalize& op) {
  ChannelNorms norms;
  for (std::size_t c = 0; c < 3; ++c) {
    norms.mean[c] = op.mean[std::min(c, op.mean.size() - 1)];
    norms.std[c] = op.std[std::min(c, op.std.size() - 1)];
  }
  return norms;
}

ChannelNorms ChannelNorms::of(const ImageStats& stats) {
  ChannelNorms norms{stats.mean, {}};
  for (std::size_t c = 0; c < 3; ++c) norms.std[c] = std::max(1 / 255.0, stats.deviation[c]);
  return norms;
}

Writer::Writer(const Target& target, const std::optional<ChannelNorms>& norms) : target_(target) {
  if (norms && target.type == PixelType::U8)
    throw Error("a recipe with Normalize gives floats; ask for f32 or bf16 batches, or leave Normalize out");
  for (std::size_t c = 0; c < 4; ++c) {
    scale_[c] = 1 / target.std[c];
    offset_[c] = -target.mean[c] / target.std[c];
    if (!norms || c == 3) continue;
    offset_[c] += static_cast<float>(-norms->mean[c] / norms->std[c]) * scale_[c];
    scale_[c] *= static_cast<float>(1 / norms->std[c]);
  }
}

unsigned char* Writer::row(int y) const {
  return static_cast<unsigned char*>(target_.data) + static_cast<std::size_t>(y) * row_bytes();
}

std::size_t Writer::row_bytes() const {
  return static_cast<std::size_t>(target_.size.width) * static_cast<std::size_t>(target_.channels);
}

void Writer::write_planes(const unsigned char* source, int y) const {
  const auto width = static_cast<std::size_t>(target_.size.width),
             plane = width * static_cast<std::size_t>(target_.size.height);
  std::array<float, 4> scale = scale_;
  for (float& s : scale) s *= 1 / 255.F;
  const bool floats = target_.type == PixelType::F32;
  std::array<float*, 4> out{};
  const auto n = static_cast<std::size_t>(target_.channels);
  const auto place = [&](std::size_t c) { return c * plane + static_cast<std::size_t>(y) * width; };
  for (std::size_t c = 0; c < n; ++c)
    out[c] = floats && !target_.past_caches ? static_cast<float*>(target_.data) + place(c)
                                            : scratch_row(static_cast<int>(c), target_.size.width);
  bytes_to_planes(source, target_.channels, target_.size.width, scale, offset_, out);
  for (std::size_t c = 0; c < n && floats && target_.past_caches; ++c)
    copy_past_caches(out[c], width * sizeof(float), static_cast<float*>(target_.data) + place(c));
  for (std::size_t c = 0; c < n && !floats; ++c)
    store_plane_bf16(out[c], target_.size.width, 1, 0, static_cast<std::uint16_t*>(target_.data) + place(c),
                     1);
}

/// Normalised, from place `first` on.
void Writer::store(const float* v, int n, std::size_t channel, std::size_t first, int step) const {
  if (target_.type == PixelType::F32 && target_.past_caches && step == 1)
    store_plane_past_caches(v, n, scale_[channel], offset_[channel],
                            static_cast<float*>(target_.data) + first);
  else if (target_.type == PixelType::F32)
    store_plane_floats(v, n, scale_[channel], offset_[channel], static_cast<float*>(target_.data) + first,
                       step);
  else
    store_plane_bf16(v, n, scale_[channel], offset_[channel],
                     static_cast<std::uint16_t*>(target_.data) + first, step);
}

void Writer::write(const PixelRow& row_in, const cv::Mat& source, int source_y) const {
  const bool bytes_in = source.depth() == CV_8U;
  const unsigned char* alpha_bytes = bytes_in ? source.ptr(source_y) + 3 : nullptr;
  float* alpha = nullptr;
  std::array<float*, 4> planes{row_in.plane[0], row_in.plane[1], row_in.plane[2], nullptr};
  if (target_.channels == 4 && !(is_plain_bytes() && bytes_in)) {
    alpha = scratch_row(1, row_in.width);
    for (int x = 0; x < row_in.width; ++x)
      alpha[x] = bytes_in ? static_cast<float>(alpha_bytes[x * 4]) * (1 / 255.F)
                          : source.ptr<float>(source_y)[x * 4 + 3];
    planes[3] = alpha;
  }
  if (is_plain_bytes() && (target_.channels != 4 || bytes_in))
    return store_bytes(row_in.plane, alpha_bytes, target_.channels, row_in.width, row(row_in.y));
  const auto width = static_cast<std::size_t>(target_.size.width),
             n = static_cast<std::size_t>(target_.channels);
  const std::size_t plane_size = width * static_cast<std::size_t>(target_.size.height),
                    at = static_cast<std::size_t>(row_in.y) * width;
  const bool planar = target_.layout == Layout::CHW;
  for (std::size_t c = 0; c < n; ++c) {
    const std::size_t first = planar ? c * plane_size + at : at * n + c;
    if (target_.type != PixelType::U8) {
      store(planes[c], row_in.width, c, first, planar ? 1 : static_cast<int>(n));
    } else if (planar) {
      store_plane_bytes(planes[c], row_in.width, static_cast<unsigned char*>(target_.data) + first);
    } else {
      for (int x = 0; x < row_in.width; ++x)
        static_cast<unsigned char*>(target_.data)[first + static_cast<std::size_t>(x) * n] =
            to_byte(planes[c][x]);
    }
  }
}

}  // namespace doppel::augment
