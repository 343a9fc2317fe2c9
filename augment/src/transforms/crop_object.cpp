#include "doppel/augment/transforms/crop_object.h"

#include <algorithm>
#include <cmath>

#include <opencv2/core.hpp>
#include "../exact_math.h"
#include "chance_field.h"
#include "doppel/augment/error.h"
#include "window.h"

namespace doppel::augment {
namespace {

/// The wanted size as far as the picture has it.
Size within(Size wanted, Size now) {
  const Size size = or_same(wanted, now);
  return {std::min(size.height, now.height), std::min(size.width, now.width)};
}

bool centre_inside(const op::Crop& w, const Box& b) {
  const double x = (b.x0 + b.x1) / 2, y = (b.y0 + b.y1) / 2;
  return x > w.x && y > w.y && x < w.x + w.size.width && y < w.y + w.size.height;
}

/// Intersection over union.
double overlap(const op::Crop& w, const Box& b) {
  const double x = std::min<double>(b.x1, w.x + w.size.width) - std::max<double>(b.x0, w.x);
  const double y = std::min<double>(b.y1, w.y + w.size.height) - std::max<double>(b.y0, w.y);
  if (x <= 0 || y <= 0) return 0;
  return x * y / (double(w.size.width) * w.size.height + (b.x1 - b.x0) * (b.y1 - b.y0) - x * y);
}

/// The first pixel of a window of `length` in [0, limit) that holds [low, high], or `keep` of it, at the
/// place that `unit` draws among all such; where the window is too small, within the object.
int around(double low, double high, double keep, int length, int limit, double unit) {
  const double slack = (1 - keep) * (high - low);
  double first = std::max(0.0, high - slack - length), last = std::min<double>(limit - length, low + slack);
  if (first > last) {
    first = std::clamp(low, 0.0, double(limit - length));
    last = std::clamp(high - length, 0.0, double(limit - length));
    if (first > last) std::swap(first, last);
  }
  const int a = static_cast<int>(std::ceil(first)), b = static_cast<int>(std::floor(last));
  return b > a ? a + std::min(b - a, static_cast<int>(unit * (b - a + 1))) : std::clamp(a, 0, limit - length);
}

cv::Point nth_nonzero(const cv::Mat& counts, int n) {
  for (int y = 0; y < counts.rows; ++y) {
    const int in_row = cv::countNonZero(counts.row(y));
    if (n >= in_row) {
      n -= in_row;
      continue;
    }
    for (int x = 0; x < counts.cols; ++x)
      if (counts.at<unsigned char>(y, x) != 0 && n-- == 0) return {x, y};
  }
  return {};
}

}  // namespace

void Crop::draw(Draft& draft, const Stream&) const {
  const Size now = draft.size();
  const int x0 = std::min(now.width - 1, static_cast<int>(std::lround(box[0] * now.width))),
            y0 = std::min(now.height - 1, static_cast<int>(std::lround(box[1] * now.height)));
  const int x1 = std::max(x0 + 1, static_cast<int>(std::lround(box[2] * now.width))),
            y1 = std::max(y0 + 1, static_cast<int>(std::lround(box[3] * now.height)));
  cut(draft, {x0, y0, {y1 - y0, x1 - x0}});
}
void Crop::fields(FieldVisitor& visit) {
  visit({"box", {0, 1}, "of the sides", "x0, y0, x1, y1"}, box);
  visit_chance(visit, p);
  if (box.size() != 4 || box[0] >= box[2] || box[1] >= box[3])
    throw UsageError("Crop: box needs x0 < x1 and y0 < y1 as [x0, y0, x1, y1]");
}

void CenterCrop::draw(Draft& draft, const Stream&) const {
  const Size now = draft.size(), wanted = within(size, now);
  cut(draft, {(now.width - wanted.width) / 2, (now.height - wanted.height) / 2, wanted});
}
void CenterCrop::fields(FieldVisitor& visit) {
  visit({"size", {0, 1048576}, "pixels", "height and width; 0: as the picture is"}, size);
  visit_chance(visit, p);
}

void RandomSizedCrop::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size();
  const double h = stream.uniform("height", height.low, height.high) * now.height;
  const Size window{std::clamp(static_cast<int>(std::lround(h)), 1, now.height),
                    std::clamp(static_cast<int>(std::lround(h * ratio)), 1, now.width)};
  cut(draft, {stream.integer("x", 0, now.width - window.width),
              stream.integer("y", 0, now.height - window.height), window});
  resize_to(draft, or_same(size, now), filter);
}
void RandomSizedCrop::fields(FieldVisitor& visit) {
  visit({"height", {0, 1}, "of the height", "of the window"}, height);
  visit({"ratio", {0.001, 1000}, "", "width over height"}, ratio);
  visit({"size", {0, 1048576}, "pixels", "height and width; 0: as the picture is"}, size);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

void CropFromBorders::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size();
  const auto share = [&](std::string_view side_name, const Range& range, int side) {
    return static_cast<int>(stream.uniform(side_name, range.low, range.high) * side);
  };
  const int x = share("left", left, now.width), y = share("top", top, now.height);
  cut(draft, {x,
              y,
              {now.height - y - share("bottom", bottom, now.height),
               now.width - x - share("right", right, now.width)}});
}
void CropFromBorders::fields(FieldVisitor& visit) {
  visit({"left", {0, 0.49}, "of the width", ""}, left);
  visit({"right", {0, 0.49}, "of the width", ""}, right);
  visit({"top", {0, 0.49}, "of the height", ""}, top);
  visit({"bottom", {0, 0.49}, "of the height", ""}, bottom);
  visit_chance(visit, p);
}

void RandomIouCrop::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size();
  const std::vector<Box> boxes = draft.boxes();
  const double least =
      options[static_cast<std::size_t>(stream.integer("option", 0, static_cast<int>(options.size()) - 1))];
  if (least >= 1) return;
  for (std::uint64_t turn = 0; turn < 40; ++turn) {
    const Stream one = stream.split("try", turn);
    const int w = static_cast<int>(one.uniform("width", min_scale, 1) * now.width),
              h = static_cast<int>(one.uniform("height", min_scale, 1) * now.height);
    if (w < 1 || h < 1 || double(w) / h < ratio.low || double(w) / h > ratio.high) continue;
    const op::Crop window{one.integer("x", 0, now.width - w), one.integer("y", 0, now.height - h), {h, w}};
    std::vector<std::size_t> outside;
    double best = 0;
    for (std::size_t i = 0; i < boxes.size(); ++i) {
      if (!centre_inside(window, boxes[i]))
        outside.push_back(i);
      else
        best = std::max(best, overlap(window, boxes[i]));
    }
    if (!boxes.empty() && (outside.size() == boxes.size() || best < least)) continue;
    draft.drop_boxes(outside);
    cut(draft, window);
    return;
  }
}
void RandomIouCrop::fields(FieldVisitor& visit) {
  visit({"min_scale", {0, 1}, "of the side", "of a window"}, min_scale);
  visit({"ratio", {0.001, 1000}, "", "width over height"}, ratio);
  visit({"options", {0, 1}, "", "least overlap (intersection over union)"}, options);
  visit_chance(visit, p);
  if (options.empty()) throw UsageError("RandomIouCrop: options is empty");
}

void CropNearObject::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size();
  const std::vector<Box> boxes = draft.boxes();
  if (boxes.empty()) return resize_to(draft, or_same(size, now), filter);
  const Box& b =
      boxes[static_cast<std::size_t>(stream.integer("object", 0, static_cast<int>(boxes.size()) - 1))];
  const double w = b.x1 - b.x0, h = b.y1 - b.y0;
  const int x0 = std::clamp(static_cast<int>(std::floor(b.x0 + stream.uniform("left", -jitter, jitter) * w)),
                            0, now.width - 1);
  const int y0 = std::clamp(static_cast<int>(std::floor(b.y0 + stream.uniform("top", -jitter, jitter) * h)),
                            0, now.height - 1);
  const int x1 = std::clamp(static_cast<int>(std::ceil(b.x1 + stream.uniform("right", -jitter, jitter) * w)),
                            x0 + 1, now.width);
  const int y1 = std::clamp(static_cast<int>(std::ceil(b.y1 + stream.uniform("bottom", -jitter, jitter) * h)),
                            y0 + 1, now.height);
  cut(draft, {x0, y0, {y1 - y0, x1 - x0}});
  resize_to(draft, or_same(size, now), filter);
}
void CropNearObject::fields(FieldVisitor& visit) {
  visit({"jitter", {0, 10}, "of the box", "most move of a side"}, jitter);
  visit({"size", {0, 1048576}, "pixels", "height and width; 0: as the picture is"}, size);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

void CropAtLeastOne::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size(), window = within(size, now);
  const std::vector<Box> boxes = draft.boxes();
  op::Crop crop{stream.integer("x", 0, now.width - window.width),
                stream.integer("y", 0, now.height - window.height), window};
  if (!boxes.empty()) {
    const Box& b =
        boxes[static_cast<std::size_t>(stream.integer("object", 0, static_cast<int>(boxes.size()) - 1))];
    crop.x = around(b.x0, b.x1, keep, window.width, now.width, stream.uniform("x"));
    crop.y = around(b.y0, b.y1, keep, window.height, now.height, stream.uniform("y"));
  }
  cut(draft, crop);
}
void CropAtLeastOne::fields(FieldVisitor& visit) {
  visit({"size", {0, 1048576}, "pixels", "height and width; 0: as the picture is"}, size);
  visit({"keep", {0, 1}, "", "share of the object's width and height"}, keep);
  visit_chance(visit, p);
}

void CropOnMask::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size(), window = within(size, now);
  op::Crop crop{stream.integer("x", 0, now.width - window.width),
                stream.integer("y", 0, now.height - window.height), window};
  if (draft.has_masks()) {
    const cv::Mat mask = draft.masks()[0];
    cv::Mat counts = mask == mask;
    for (const double v : ignore) counts.setTo(0, mask == v);
    const int n = cv::countNonZero(counts);
    if (n > 0) {
      const cv::Point at = nth_nonzero(counts, stream.integer("pixel", 0, n - 1));
      crop.x = std::clamp(at.x - stream.integer("left", 0, window.width - 1), 0, now.width - window.width);
      crop.y = std::clamp(at.y - stream.integer("top", 0, window.height - 1), 0, now.height - window.height);
    }
  }
  cut(draft, crop);
}
void CropOnMask::fields(FieldVisitor& visit) {
  visit({"size", {0, 1048576}, "pixels", "height and width; 0: as the picture is"}, size);
  visit({"ignore", {}, "", "mask values that don't count"}, ignore);
  visit_chance(visit, p);
}

void CropSubset::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size();
  const std::vector<Box> boxes = draft.boxes();
  if (boxes.empty()) return;
  const auto wanted = std::clamp<std::size_t>(
      static_cast<std::size_t>(
          std::ceil(stream.uniform("share", share.low, share.high) * static_cast<double>(boxes.size()))),
      1, boxes.size());
  std::vector<std::pair<std::uint64_t, std::size_t>> order;
  for (std::size_t i = 0; i < boxes.size(); ++i) order.emplace_back(stream.split("order", i).bits("key"), i);
  std::ranges::sort(order);
  Box all = boxes[order[0].second];
  for (std::size_t i = 1; i < wanted; ++i) {
    const Box& b = boxes[order[i].second];
    all = {std::min(all.x0, b.x0), std::min(all.y0, b.y0), std::max(all.x1, b.x1), std::max(all.y1, b.y1)};
  }
  const double aspect = exact::exp(stream.uniform("ratio", exact::log(ratio.low), exact::log(ratio.high)));
  const double least_w = all.x1 - all.x0 + 2, least_h = all.y1 - all.y0 + 2,
               w0 = std::max(least_w, least_h * aspect);
  const int w = std::clamp(static_cast<int>(std::ceil(w0)), 1, now.width),
            h = std::clamp(static_cast<int>(std::ceil(std::max(least_h, w0 / aspect))), 1, now.height);
  cut(draft, {around(all.x0, all.x1, 1, w, now.width, stream.uniform("x")),
              around(all.y0, all.y1, 1, h, now.height, stream.uniform("y")),
              {h, w}});
}
void CropSubset::fields(FieldVisitor& visit) {
  visit({"share", {0, 1}, "", "of the objects"}, share);
  visit({"ratio", {0.001, 1000}, "", "width over height, where the objects allow it"}, ratio);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
