#include "bands.h"

#include <fmt/format.h>

#include <algorithm>
#include <opencv2/core.hpp>

#include "base/image_pool.h"
#include "doppel/base/error.h"

namespace doppel::augment {
namespace {

struct NeedsRgb {
  bool operator()(const op::Hsv&) const { return true; }
  bool operator()(const op::Colorize&) const { return true; }
  bool operator()(const op::Stain&) const { return true; }
  bool operator()(const op::Chromatic&) const { return true; }
  bool operator()(const op::BayerMosaic&) const { return true; }
  bool operator()(const op::ColorMatrix& o) const {
    for (std::size_t row = 0; row < 3; ++row)
      for (std::size_t column = 0; column < 4; ++column) {
        const double like = column == 3 ? o.matrix[3] : row == column ? o.matrix[0] : 0;
        if (o.matrix[4 * row + column] != like) return true;
      }
    return false;
  }
  bool operator()(const auto&) const { return false; }
};

}  // namespace

bool has_bands(int channels, const BandRules& rules) {
  return is_banded(channels) || (rules.four && channels == 4) || (!rules.rgb.empty() && channels > 1);
}

PooledVector<BandGroup> band_groups(int channels, const BandRules& rules) {
  const std::span<const int> rgb = rules.rgb;
  PooledVector<BandGroup> groups;
  if (!has_bands(channels, rules)) {
    groups.push_back(plain_group(channels));
    return groups;
  }
  if (!rgb.empty())
    groups.push_back({.channel = {rgb[0], rgb[1], rgb[2]}, .planes = 3, .number = 0, .plain = false});
  for (int c = 0; c < channels; ++c)
    if (std::ranges::find(rgb, c) == rgb.end())
      groups.push_back(
          {.channel = {c, c, c}, .planes = 1, .number = static_cast<int>(groups.size()), .plain = false});
  return groups;
}

double color_of_channel(const std::array<double, 4>& color, int channels, int channel) {
  return channels == 3 || channels == 4 ? color[static_cast<std::size_t>(channel)] : color[0];
}

bool needs_rgb(const Op& op) { return std::visit(NeedsRgb{}, op); }

void check_bands(const Plan& plan, int channels) {
  for (const int c : plan.rgb)
    if (c >= channels)
      throw Error(
          fmt::format("rgb: [{}, {}, {}] names channel {} of an image with {} channel{} (they count from 0)",
                      plan.rgb[0], plan.rgb[1], plan.rgb[2], c, channels, channels == 1 ? "" : "s"));
  if (!plan.rgb.empty() || !has_bands(channels, band_rules(plan))) return;
  const auto found = std::ranges::find_if(plan.ops, needs_rgb);
  if (found != plan.ops.end()) refuse_bands(name_of(*found), channels);
}

void refuse_bands(std::string_view who, int channels) {
  throw UsageError(
      fmt::format("{} needs red, green and blue; an image with {} channels has bands: say which are colours "
                  "(rgb: [2, 1, 0] in the recipe), or leave out transforms of colours",
                  who, channels));
}

cv::Mat group_of(const cv::Mat& image, const BandGroup& group) {
  cv::Mat part = pooled_like(image, CV_MAKETYPE(image.depth(), group.planes));
  std::array<int, 6> from_to{};
  for (int c = 0; c < group.planes; ++c) {
    from_to[static_cast<std::size_t>(2 * c)] = group.channel[static_cast<std::size_t>(c)];
    from_to[static_cast<std::size_t>(2 * c + 1)] = c;
  }
  cv::mixChannels(&image, 1, &part, 1, from_to.data(), static_cast<std::size_t>(group.planes));
  return pooled_floats(part);
}

void put_group(const cv::Mat& part, const BandGroup& group, cv::Mat& image) {
  cv::Mat numbers = part;
  if (part.depth() != image.depth()) {
    numbers = pooled_like(part, CV_MAKETYPE(image.depth(), part.channels()));
    part.convertTo(numbers, image.depth(),
                   image.depth() == CV_8U    ? 255
                   : image.depth() == CV_16U ? 65535
                                             : 1);
  }
  std::array<int, 6> from_to{};
  for (int c = 0; c < group.planes; ++c) {
    from_to[static_cast<std::size_t>(2 * c)] = c;
    from_to[static_cast<std::size_t>(2 * c + 1)] = group.channel[static_cast<std::size_t>(c)];
  }
  cv::mixChannels(&numbers, 1, &image, 1, from_to.data(), static_cast<std::size_t>(group.planes));
}

}  // namespace doppel::augment
