#include "whole_op.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "bands.h"
#include "base/image_pool.h"
#include "doppel/base/error.h"

namespace doppel::augment {
namespace {

struct Reach {
  Size size;
  int whole() const { return std::max(size.width, size.height); }
  int operator()(const op::GaussianBlur& o) const { return static_cast<int>(std::ceil(3.5 * o.sigma)); }
  int operator()(const op::EllipseBlur& o) const {
    return static_cast<int>(std::ceil(3 * std::max(o.sigma_x, o.sigma_y)));
  }
  int operator()(const op::BoxBlur& o) const { return o.size / 2; }
  int operator()(const op::MedianBlur& o) const { return o.size / 2; }
  int operator()(const op::LineBlur& o) const { return static_cast<int>(o.length) + 1; }
  int operator()(const op::DiscBlur& o) const {
    return static_cast<int>(std::ceil(o.radius + 3 * o.softness)) + 1;
  }
  int operator()(const op::Scatter& o) const {
    return o.rounds * o.shift + static_cast<int>(std::ceil(8 * o.sigma));
  }
  int operator()(const op::Kernel& o) const {
    return static_cast<int>(std::sqrt(static_cast<double>(o.weights.size()))) / 2;
  }
  int operator()(const op::Unsharp& o) const { return static_cast<int>(std::ceil(3.5 * o.sigma)); }
  int operator()(const op::Morphology& o) const { return static_cast<int>(std::ceil(o.radius)); }
  int operator()(const op::Edges&) const { return 1; }
  int operator()(const op::BayerMosaic&) const { return 1; }
  int operator()(const op::Jpeg&) const { return 16; }
  int operator()(const op::Text&) const { return 0; }
  int operator()(const op::Overlay&) const { return 0; }
  int operator()(const op::SnowSettle&) const {
    return std::max(1, std::min(size.width, size.height) / 64) * 2;
  }
  int operator()(const auto& o) const { return kind_of(Op(o)) == OpKind::Whole ? whole() : 0; }
};

}  // namespace

int reach_of(const Op& op, Size size) { return std::visit(Reach{size}, op); }

namespace {

/// Partners' images as floats, of a group where they have bands, too.
std::vector<Sample> partners_of(std::span<const Sample> partners, int channels, const BandGroup& group) {
  std::vector<Sample> all(partners.begin(), partners.end());
  for (Sample& partner : all) {
    if (partner.image.empty()) continue;
    if (!group.plain && partner.image.channels() != channels)
      throw Error(fmt::format("an image with {} channels can't be mixed with one of {}", channels,
                              partner.image.channels()));
    partner.image = group.plain ? pooled_floats(partner.image) : group_of(partner.image, group);
  }
  return all;
}

/// For a channel that is no colour: without what changes colours in an op's own plans.
Op without_colors(Op op) {
  const auto strip = [](std::vector<Plan>& plans) {
    for (Plan& plan : plans) {
      std::erase_if(plan.ops, needs_rgb);
      for (Op& inner : plan.ops) inner = without_colors(inner);
    }
  };
  if (auto* blend = std::get_if<op::Blend>(&op)) strip(blend->branches);
  if (auto* join = std::get_if<op::Join>(&op)) strip(join->plan);
  return op;
}

/// Of an image that isn't 8-bit or floats, or has bands.
cv::Mat apply_by_groups(const Op& op, const cv::Mat& image, std::span<const Sample> partners,
                        const BandRules& rules) {
  cv::Mat out;
  for (const BandGroup& group : band_groups(image.channels(), rules)) {
    const bool all = group.plain;  // with alpha
    cv::Mat part = all ? pooled_floats(image) : group_of(image, group);
    if (all || group.planes == 3)
      part = apply_whole(op, part, partners_of(partners, image.channels(), group));
    else if (!needs_rgb(op))
      part = apply_whole(without_colors(op), part, partners_of(partners, image.channels(), group));
    if (out.empty()) out = pooled_like(part, image.type());
    if (all)
      part.convertTo(out, image.depth(), image.depth() == CV_16U ? 65535 : 1);
    else
      put_group(part, group, out);
  }
  return out;
}

}  // namespace

cv::Mat apply_whole(const Op& op, const cv::Mat& image, std::span<const Sample> partners,
                    const BandRules& rules) {
  if (const auto* custom = std::get_if<op::Custom>(&op)) return apply_custom(*custom, image);
  if (image.depth() == CV_16U || has_bands(image.channels(), rules))
    return apply_by_groups(op, image, partners, rules);
  if (cv::Mat out = apply_layout(op, image); !out.empty()) return out;
  if (cv::Mat out = apply_mix(op, image, partners); !out.empty()) return out;
  const auto families = {apply_quality, apply_effect, apply_paste};
  const auto change = [&](const cv::Mat& colors) {
    if (cv::Mat out = apply_blur(op, colors); !out.empty()) return out;
    for (const auto family : families)
      if (cv::Mat out = family(op, colors); !out.empty()) return out;
    throw Error("the op " + std::string(name_of(op)) + " reached the whole-image stage");
  };
  if (image.channels() != 4) return change(image);
  cv::Mat colors = pooled_like(image, CV_MAKETYPE(image.depth(), 3)),
          alpha = pooled_like(image, image.depth()), out = pooled_like(image, image.type());
  cv::cvtColor(image, colors, cv::COLOR_RGBA2RGB);
  cv::extractChannel(image, alpha, 3);
  colors = change(colors);
  const cv::Mat parts[2] = {colors, alpha};
  const int from_to[] = {0, 0, 1, 1, 2, 2, 3, 3};
  cv::mixChannels(parts, 2, &out, 1, from_to, 4);
  return out;
}

}  // namespace doppel::augment
