#include "doppel/augment/transforms/crop/object_safe_crop.h"

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/exact_math.h"
#include "draft/saliency.h"
#include "transforms/chance_field.h"
#include "transforms/window.h"

namespace doppel::augment {
namespace {

/// What must stay along one axis: each object's ends, and how much of it may be cut off at one of them.
struct Extent1 {
  double low, high, slack;
};

/// The place of a window along one axis: a whole first pixel and a length.
struct Window {
  int first, length;
};

/// A window of about `length` pixels in [0, limit) that cuts no object by more than its slack, at a place
/// drawn by `unit` among all that do. It grows by the least amount where there is none.
Window place(const std::vector<Extent1>& objects, int length, int limit, double unit) {
  double must_start = limit, must_end = 0, longest = 0;
  for (const Extent1& o : objects) {
    must_start = std::min(must_start, o.low + o.slack);
    must_end = std::max(must_end, o.high - o.slack);
    longest = std::max(longest, o.high - o.low);
  }
  if (!objects.empty()) {
    // As long as the longest object, a window can cut each only at one end.
    length = std::max(
        {length, static_cast<int>(std::ceil(longest)), static_cast<int>(std::ceil(must_end - must_start))});
  }
  for (length = std::clamp(length, 1, limit); length < limit; ++length) {
    const int first = static_cast<int>(std::ceil(std::max(0.0, must_end - length)));
    const int last = static_cast<int>(std::floor(std::min<double>(must_start, limit - length)));
    if (objects.empty()) return {static_cast<int>(unit * (limit - length + 1)), length};
    if (first <= last)
      return {first + std::min(last - first, static_cast<int>(unit * (last - first + 1))), length};
  }
  return {0, limit};
}

struct Objects {
  std::vector<Extent1> x, y;
  void add(double x0, double y0, double x1, double y1, double keep) {
    const double loss = 1 - std::sqrt(keep);
    x.push_back({x0, x1, loss * (x1 - x0)});
    y.push_back({y0, y1, loss * (y1 - y0)});
  }
};

bool keeps_masks(const std::vector<cv::Mat>& masks, const cv::Rect& window, double keep) {
  return std::ranges::all_of(masks, [&](const cv::Mat& mask) {
    return cv::countNonZero(mask(window)) >= keep * cv::countNonZero(mask);
  });
}

Objects objects_of(const Draft& draft, const std::vector<cv::Mat>& masks, double keep) {
  Objects objects;
  for (const Box& box : draft.boxes()) objects.add(box.x0, box.y0, box.x1, box.y1, keep);
  if (!objects.x.empty()) return objects;
  for (const cv::Mat& mask : masks)
    if (cv::countNonZero(mask) > 0) {
      const cv::Rect r = cv::boundingRect(mask != 0);
      objects.add(r.x, r.y, r.x + r.width, r.y + r.height, keep);
    }
  if (!objects.x.empty()) return objects;
  const cv::Rect r = salient_region(draft.image());
  objects.add(r.x, r.y, r.x + r.width, r.y + r.height, keep);
  return objects;
}

}  // namespace

void ObjectSafeCrop::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size();
  const double area = double(now.height) * now.width * stream.uniform("scale", scale.low, scale.high);
  const double aspect = exact::exp(stream.uniform("ratio", exact::log(ratio.low), exact::log(ratio.high)));
  const int wide = static_cast<int>(std::lround(std::sqrt(area * aspect)));
  const int high = static_cast<int>(std::lround(std::sqrt(area / aspect)));
  const bool by_mask = draft.boxes().empty();
  const std::vector<cv::Mat> masks = by_mask ? draft.masks() : std::vector<cv::Mat>{};
  op::Crop crop;
  // A mask's area isn't spread evenly over its rectangle: allow less loss until the count holds.
  for (double kept = keep;; kept = kept < 0.999 ? (1 + kept) / 2 : 1) {
    const Objects objects = objects_of(draft, masks, kept);
    const Window x = place(objects.x, wide, now.width, stream.uniform("x"));
    const Window y = place(objects.y, high, now.height, stream.uniform("y"));
    crop = {x.first, y.first, {y.length, x.length}};
    if (kept >= 1 || keeps_masks(masks, {x.first, y.first, x.length, y.length}, keep)) break;
  }
  if (crop.size != now) draft.append(crop);
  const Size wanted{size.height > 0 ? size.height : now.height, size.width > 0 ? size.width : now.width};
  resize_to(draft, wanted, filter);
}
void ObjectSafeCrop::fields(FieldVisitor& visit) {
  visit_size_or_same(visit, size);
  visit({"keep", {0, 1}, "", "share of each object's area that must stay"}, keep);
  visit({"scale", {0, 1}, "", "share of the image's area, where the objects allow it"}, scale);
  visit({"ratio", {1e-3, 1e3}, "", "width over height, where the objects allow it"}, ratio);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
