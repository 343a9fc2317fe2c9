#include "writer.h"

#include <algorithm>
#include <cmath>

#include "doppel/base/error.h"
#include "kernels/copy.h"
#include "kernels/rows.h"
#include "pixel_program.h"

namespace doppel::augment {
namespace {

bool is_whole(PixelType type) { return type == PixelType::U8 || type == PixelType::U16; }

}  // namespace

ChannelNorms ChannelNorms::of(const op::Normalize& op, const BandGroup& group) {
  ChannelNorms norms;
  for (std::size_t k = 0; k < 3; ++k) {
    const auto c = static_cast<std::size_t>(group.channel[k]);
    norms.mean[k] = op.mean[std::min(c, op.mean.size() - 1)];
    norms.std[k] = op.std[std::min(c, op.std.size() - 1)];
  }
  return norms;
}

ChannelNorms ChannelNorms::of(const op::Normalize& op, const ImageStats& stats, int planes) {
  ChannelNorms norms{stats.mean, stats.deviation};
  if (op.together && planes > 1) {
    double sum = 0, squares = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      sum += stats.mean[c] / 3;
      squares += (stats.deviation[c] * stats.deviation[c] + stats.mean[c] * stats.mean[c]) / 3;
    }
    norms.mean.fill(sum);
    norms.std.fill(std::sqrt(std::max(0.0, squares - sum * sum)));
  }
  for (double& deviation : norms.std) deviation = op.only_mean ? 1 : std::max(1 / 255.0, deviation);
  return norms;
}

Writer::Writer(const Target& target, const BandGroup& group, const std::optional<ChannelNorms>& norms)
    : target_(target), group_(group) {
  if (norms && is_whole(target.type))
    throw Error(
        "a recipe with Normalize gives floats; ask for f32, bf16 or f16 batches, or leave Normalize out");
  for (std::size_t c = 0; c < 4; ++c) {
    const std::size_t named = group.plain ? c : static_cast<std::size_t>(std::min(3, group.channel[c % 3]));
    scale_[c] = 1 / target.std[named];
    offset_[c] = -target.mean[named] / target.std[named];
    if (!norms || c == 3) continue;
    offset_[c] += static_cast<float>(-norms->mean[c] / norms->std[c]) * scale_[c];
    scale_[c] *= static_cast<float>(1 / norms->std[c]);
  }
}

unsigned char* Writer::row(int y) const {
  return static_cast<unsigned char*>(target_.data) + static_cast<std::size_t>(y) * row_bytes();
}

std::size_t Writer::row_bytes() const {
  return static_cast<std::size_t>(target_.size.width) * static_cast<std::size_t>(target_.channels) *
         bytes_of(target_.type);
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

/// From number `first` of the target on: rounded, or normalised.
void Writer::store(const float* v, int n, std::size_t plane, std::size_t first, int step) const {
  const float scale = scale_[plane], offset = offset_[plane];
  auto* floats = static_cast<float*>(target_.data) + first;
  auto* shorts = static_cast<std::uint16_t*>(target_.data) + first;
  auto* bytes = static_cast<unsigned char*>(target_.data) + first;
  switch (target_.type) {
    case PixelType::U8:
      return step == 1 ? store_plane_bytes(v, n, bytes) : store_plane_bytes(v, n, bytes, step);
    case PixelType::U16:
      return store_plane_shorts(v, n, shorts, step);
    case PixelType::F32:
      return target_.past_caches && step == 1 ? store_plane_past_caches(v, n, scale, offset, floats)
                                              : store_plane_floats(v, n, scale, offset, floats, step);
    case PixelType::BF16:
      return store_plane_bf16(v, n, scale, offset, shorts, step);
    case PixelType::F16:
      return store_plane_f16(v, n, scale, offset, shorts, step);
  }
}

void Writer::write(const PixelRow& row_in, const cv::Mat& source, int source_y) const {
  const bool bytes_in = source.depth() == CV_8U, alpha = group_.plain && target_.channels == 4;
  if (is_plain_bytes() && group_.plain && (!alpha || bytes_in))
    return store_bytes(row_in.plane, source.ptr(source_y) + 3, target_.channels, row_in.width, row(row_in.y));
  if (target_.type == PixelType::U16 && target_.layout == Layout::HWC && group_.plain &&
      target_.channels == 3)
    return store_short_colors(row_in.plane, row_in.width, reinterpret_cast<std::uint16_t*>(row(row_in.y)));
  const auto width = static_cast<std::size_t>(target_.size.width),
             n = static_cast<std::size_t>(target_.channels);
  const std::size_t plane_size = width * static_cast<std::size_t>(target_.size.height),
                    at = static_cast<std::size_t>(row_in.y) * width;
  const bool planar = target_.layout == Layout::CHW;
  const auto put = [&](const float* v, std::size_t plane, std::size_t channel) {
    store(v, row_in.width, plane, planar ? channel * plane_size + at : at * n + channel,
          planar ? 1 : static_cast<int>(n));
  };
  for (std::size_t c = 0; c < static_cast<std::size_t>(group_.planes); ++c)
    put(row_in.plane[c], c, static_cast<std::size_t>(group_.channel[c]));
  if (!alpha) return;
  float* values = scratch_row(1, row_in.width);
  load_band(source.ptr(source_y), number_kind(source), 4, 3, row_in.width, values);
  put(values, 3, 3);
}

}  // namespace doppel::augment
