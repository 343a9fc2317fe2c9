#include "doppel/augment/transforms/crop.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "../exact_math.h"
#include "chance_field.h"
#include "doppel/augment/error.h"
#include "window.h"

namespace doppel::augment {
namespace {

constexpr Bounds kSizeOrSame{0, 1 << 20};
constexpr std::string_view kSizeHelp = "height and width; 0: as the picture is";

void visit_resized(FieldVisitor& visit, Size& size, Range& scale, Range& ratio, Filter& filter) {
  visit({"size", kSizeOrSame, "pixels", kSizeHelp}, size);
  visit({"scale", {0, 1}, "", "share of the picture's area"}, scale);
  visit({"ratio", {1e-3, 1e3}, "", "width over height"}, ratio);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
}

void crop_and_resize(Draft& draft, const op::Crop& crop, Size size, Filter filter) {
  cut(draft, crop);
  resize_to(draft, size, filter);
}

}  // namespace

void RandomCrop::draw(Draft& draft, const Stream& stream) const {
  const Size wanted = or_same(size, draft.size());
  const int lack_x = std::max(0, wanted.width - draft.size().width);
  const int lack_y = std::max(0, wanted.height - draft.size().height);
  if (lack_x > 0 || lack_y > 0) {
    if (!pad_if_needed)
      throw Error(
          fmt::format("RandomCrop of {}x{} is larger than the picture of {}x{}; set pad_if_needed: true, or "
                      "Resize first",
                      wanted.height, wanted.width, draft.size().height, draft.size().width));
    const int left = stream.integer("left", 0, lack_x), top = stream.integer("top", 0, lack_y);
    draft.append(op::Pad{left, lack_x - left, top, lack_y - top, fill});
  }
  const int x = stream.integer("x", 0, draft.size().width - wanted.width);
  const int y = stream.integer("y", 0, draft.size().height - wanted.height);
  if (wanted != draft.size()) draft.append(op::Crop{x, y, wanted});
}
void RandomCrop::fields(FieldVisitor& visit) {
  visit({"size", kSizeOrSame, "pixels", kSizeHelp}, size);
  visit({"pad_if_needed", {}, "", "pad a smaller picture instead of failing"}, pad_if_needed);
  visit({"fill", {}, "", "what the padding shows"}, fill);
  visit_chance(visit, p);
}

void RandomResizedCrop::draw(Draft& draft, const Stream& stream) const {
  const Size now = draft.size();
  const double area = double(now.height) * now.width;
  const Range log_ratio{exact::log(ratio.low), exact::log(ratio.high)};
  op::Crop crop{0, 0, {0, 0}};
  for (std::uint64_t turn = 0; turn < 10 && crop.size.width == 0; ++turn) {
    const Stream s = stream.split("try", turn);
    const double target = area * s.uniform("scale", scale.low, scale.high);
    const double aspect = exact::exp(s.uniform("ratio", log_ratio.low, log_ratio.high));
    const int w = static_cast<int>(std::lround(std::sqrt(target * aspect)));
    const int h = static_cast<int>(std::lround(std::sqrt(target / aspect)));
    if (w < 1 || h < 1 || w > now.width || h > now.height) continue;
    crop = {s.integer("x", 0, now.width - w), s.integer("y", 0, now.height - h), {h, w}};
  }
  if (crop.size.width == 0) {
    const double aspect = std::clamp(double(now.width) / now.height, ratio.low, ratio.high);
    const int w = std::clamp(static_cast<int>(std::lround(now.height * aspect)), 1, now.width);
    const int h = std::clamp(static_cast<int>(std::lround(now.width / aspect)), 1, now.height);
    crop = {(now.width - w) / 2, (now.height - h) / 2, {h, w}};
  }
  crop_and_resize(draft, crop, or_same(size, now), filter);
}
void RandomResizedCrop::fields(FieldVisitor& visit) {
  visit_resized(visit, size, scale, ratio, filter);
  visit_chance(visit, p);
}

void Resize::draw(Draft& draft, const Stream&) const { resize_to(draft, size, filter); }
void Resize::fields(FieldVisitor& visit) {
  visit({"size", {1, 1 << 20}, "pixels", "height and width"}, size);
  visit.choice({"filter", {}, "", "how pixels are interpolated"}, filter, kFilterNames);
  visit_chance(visit, p);
}

void Pad::draw(Draft& draft, const Stream&) const {
  const auto lack = [this](int side, int least) {
    int wanted = std::max(side, least);
    if (divisor > 1) wanted = (wanted + divisor - 1) / divisor * divisor;
    return wanted - side;
  };
  const int more_x = lack(draft.size().width + left + right, to.width);
  const int more_y = lack(draft.size().height + top + bottom, to.height);
  const op::Pad pad{left + more_x / 2, right + more_x - more_x / 2, top + more_y / 2,
                    bottom + more_y - more_y / 2, fill};
  if (pad.left + pad.right + pad.top + pad.bottom > 0) draft.append(pad);
}
void Pad::fields(FieldVisitor& visit) {
  constexpr Bounds kPixels{0, 1 << 16};
  visit({"left", kPixels, "pixels", ""}, left);
  visit({"right", kPixels, "pixels", ""}, right);
  visit({"top", kPixels, "pixels", ""}, top);
  visit({"bottom", kPixels, "pixels", ""}, bottom);
  visit({"to", {0, 1 << 20}, "pixels", "pad to at least this height and width"}, to);
  visit({"divisor", {0, 1 << 16}, "pixels", "pad to a multiple of this"}, divisor);
  visit({"fill", {}, "", "what the new pixels show"}, fill);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
