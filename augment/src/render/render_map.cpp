// Maps of numbers through plans.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <opencv2/core.hpp>

#include "base/image_pool.h"
#include "doppel/augment/render/render.h"
#include "doppel/base/error.h"
#include "flow.h"
#include "moved.h"
#include "render/sampling/sampler.h"
#include "whole_op.h"

namespace doppel::augment {
namespace {

/// How one map goes through ops: its numbers are always those of `map_`, moved.
class MapMover {
 public:
  MapMover(const Plan& plan, const FloatMap& map, std::span<const Sample> partners)
      : plan_(plan), map_(map), partners_(partners) {}

  /// By the map's own filter, one resampling of a run.
  cv::Mat read(const cv::Mat& values, std::span<const Op> ops, GeometryRun run) const {
    run.filter = map_.filter;
    run.fill = own(run.fill);
    const Sampler sampler(values, ops, run);
    cv::Mat out = pooled_image(sampler.size().height, sampler.size().width, sampler.type());
    sampler.read(0, out.rows, out.ptr(), out.step[0]);
    if (map_.kind == MapKind::Flow) turn_vectors(out, ops, run, size_of(values));
    return out;
  }

  cv::Mat apply(const cv::Mat& values, const Op& any) const {
    if (const auto* pad = std::get_if<op::Pad>(&any)) return padded(values, *pad);
    if (const auto* resize = std::get_if<op::Resize>(&any)) {
      const std::array<Op, 1> own_filter{op::Resize{resize->size, map_.filter}};
      return read(values, own_filter, geometry_run(own_filter, 0, size_of(values)));
    }
    if (std::holds_alternative<op::Tiles>(any)) return apply_whole(any, values);
    if (const auto* custom = std::get_if<op::Custom>(&any)) return custom_map(*custom, map_, values);
    if (const auto* join = std::get_if<op::Join>(&any)) return join_map(*join, map_, values, partners_);
    return map_.colors ? colored(values, any) : values;
  }

 private:
  /// One op as the image has it.
  cv::Mat colored(const cv::Mat& values, const Op& any) const {
    Plan one;
    one.source = size_of(values);
    one.ops = {any};
    one.rgb = plan_.rgb;
    one.bands = plan_.bands;
    return render(one, values, partners_);
  }

  Fill own(const Fill& fill) const {
    if (map_.colors) return fill;
    const double number = map_.fill;
    return {fill.kind, {number, number, number, number}};
  }
  cv::Mat padded(const cv::Mat& values, const op::Pad& pad) const {
    op::Pad with_fill = pad;
    with_fill.fill = own(pad.fill);
    cv::Mat out = apply_whole(with_fill, values);
    if (map_.kind == MapKind::Flow) turn_padded(out, pad, size_of(values));
    return out;
  }
  const Plan& plan_;
  const FloatMap& map_;
  std::span<const Sample> partners_;
};

}  // namespace

cv::Mat render_map(const Plan& plan, const FloatMap& map, std::span<const Sample> partners) {
  check_map(map, plan.source);
  const MapMover mover(plan, map, partners);
  const cv::Mat out = moved(
      plan, map.values,
      [&](const cv::Mat& values, std::span<const Op> ops, const GeometryRun& run) {
        return mover.read(values, ops, run);
      },
      [&](const cv::Mat& values, const Op& op) { return mover.apply(values, op); });
  return out.data == map.values.data ? out.clone() : out;
}

std::vector<FloatMap> render_maps(const Drawn& drawn, const Sample& sample) {
  std::vector<FloatMap> maps;
  for (const FloatMap& map : sample.maps) {
    maps.push_back(map);
    maps.back().values = render_map(drawn.plan, map, drawn.partners);
  }
  return maps;
}

}  // namespace doppel::augment
