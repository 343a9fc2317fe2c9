#include "doppel/augment/transforms/mix.h"

#include <algorithm>
#include <cmath>

#include <opencv2/core.hpp>
#include "../exact_math.h"
#include "chance_field.h"
#include "doppel/augment/error.h"
#include "window.h"

namespace doppel::augment {
namespace {

void fit(Draft& draft, Size size) { resize_to(draft, size, Filter::Bilinear); }

/// Gamma(shape, 1) by Marsaglia and Tsang 2000, with Stuart's boost below 1.
double draw_gamma(const Stream& stream, double shape) {
  if (shape < 1)
    return draw_gamma(stream.split("boost"), shape + 1) *
           exact::exp(exact::log(std::max(1e-300, stream.uniform("u"))) / shape);
  const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (std::uint64_t turn = 0;; ++turn) {
    const Stream one = stream.split("try", turn);
    const double x = one.normal("x"), v = (1 + c * x) * (1 + c * x) * (1 + c * x);
    if (v > 0 && exact::log(std::max(1e-300, one.uniform("u"))) < 0.5 * x * x + d - d * v + d * exact::log(v))
      return d * v;
  }
}

/// Beta(alpha, alpha).
double draw_beta(const Stream& stream, double alpha) {
  const double a = draw_gamma(stream.split("a"), alpha), b = draw_gamma(stream.split("b"), alpha);
  return a + b > 0 ? a / (a + b) : 0.5;
}

/// Cell borders along a side: a drawn line for two cells, even ones else.
std::vector<int> lines(const Stream& stream, int cells, int side, const Range& centre) {
  std::vector<int> at{0};
  for (int i = 1; i < cells; ++i)
    at.push_back(cells == 2
                     ? std::clamp(static_cast<int>(stream.uniform("line", centre.low, centre.high) * side), 1,
                                  std::max(1, side - 1))
                     : i * side / cells);
  at.push_back(side);
  return at;
}

/// Scales a picture so that it covers a cell, and cuts a random window of the cell's size.
void cover_cell(Draft& draft, Size cell, const Stream& stream) {
  const Size now = draft.size();
  const double f = std::max(double(cell.width) / now.width, double(cell.height) / now.height);
  fit(draft, {std::max(cell.height, static_cast<int>(std::lround(now.height * f))),
              std::max(cell.width, static_cast<int>(std::lround(now.width * f)))});
  const Size big = draft.size();
  if (big != cell)
    draft.append(op::Crop{stream.integer("crop_x", 0, big.width - cell.width),
                          stream.integer("crop_y", 0, big.height - cell.height), cell});
}

}  // namespace

void MixUp::draw(Draft& draft, const Stream& stream) const {
  if (!draft.can_mix()) return;
  const double share = draw_beta(stream.split("share"), alpha);
  Draft other = draft.partner(stream.bits("partner"));
  fit(other, draft.size());
  draft.join({.mode = op::Join::Mode::Average, .plan = {}, .share = share}, other, share);
}
void MixUp::fields(FieldVisitor& visit) {
  visit({"alpha", {0.001, 1000}, "", "of the Beta distribution"}, alpha);
  visit_chance(visit, p);
}

void CutMix::draw(Draft& draft, const Stream& stream) const {
  if (!draft.can_mix()) return;
  const Size now = draft.size();
  const double side = std::sqrt(1 - draw_beta(stream.split("share"), alpha));
  const double cx = stream.uniform("x") * now.width, cy = stream.uniform("y") * now.height;
  const int x0 = std::clamp(static_cast<int>(cx - side * now.width / 2), 0, now.width),
            x1 = std::clamp(static_cast<int>(cx + side * now.width / 2), 0, now.width);
  const int y0 = std::clamp(static_cast<int>(cy - side * now.height / 2), 0, now.height),
            y1 = std::clamp(static_cast<int>(cy + side * now.height / 2), 0, now.height);
  if (x1 <= x0 || y1 <= y0) return;
  Draft other = draft.partner(stream.bits("partner"));
  fit(other, now);
  const Size window{y1 - y0, x1 - x0};
  if (window != now) other.append(op::Crop{x0, y0, window});
  draft.join({.mode = op::Join::Mode::Paste, .plan = {}, .x = x0, .y = y0}, other,
             double(window.width) * window.height / (double(now.width) * now.height));
}
void CutMix::fields(FieldVisitor& visit) {
  visit({"alpha", {0.001, 1000}, "", "of the Beta distribution"}, alpha);
  visit_chance(visit, p);
}

void ResizeMix::draw(Draft& draft, const Stream& stream) const {
  if (!draft.can_mix()) return;
  const Size now = draft.size();
  const double s = stream.uniform("scale", scale.low, scale.high);
  const Size size{std::max(1, static_cast<int>(now.height * s)),
                  std::max(1, static_cast<int>(now.width * s))};
  Draft other = draft.partner(stream.bits("partner"));
  fit(other, size);
  draft.join({.mode = op::Join::Mode::Paste,
              .plan = {},
              .x = stream.integer("x", 0, now.width - size.width),
              .y = stream.integer("y", 0, now.height - size.height)},
             other, double(size.width) * size.height / (double(now.width) * now.height));
}
void ResizeMix::fields(FieldVisitor& visit) {
  visit({"scale", {0.01, 1}, "of the side", "of the pasted picture"}, scale);
  visit_chance(visit, p);
}

void MixUpOrCutMix::draw(Draft& draft, const Stream& stream) const {
  if (stream.chance("mixup", 0.5))
    MixUp{.alpha = mixup_alpha}.draw(draft, stream.split("MixUp"));
  else
    CutMix{.alpha = cutmix_alpha}.draw(draft, stream.split("CutMix"));
}
void MixUpOrCutMix::fields(FieldVisitor& visit) {
  visit({"mixup_alpha", {0.001, 1000}, "", ""}, mixup_alpha);
  visit({"cutmix_alpha", {0.001, 1000}, "", ""}, cutmix_alpha);
  visit_chance(visit, p);
}

void Mosaic::draw(Draft& draft, const Stream& stream) const {
  if (!draft.can_mix()) return;
  const Size now = draft.size();
  const std::vector<int> xs = lines(stream.split("x"), grid.width, now.width, centre),
                         ys = lines(stream.split("y"), grid.height, now.height, centre);
  const auto cell = [&](int r, int c) {
    const auto i = static_cast<std::size_t>(c), j = static_cast<std::size_t>(r);
    return Size{ys[j + 1] - ys[j], xs[i + 1] - xs[i]};
  };
  // The first cell is this sample's own: the rest is padding until others are pasted.
  const Size first = cell(0, 0);
  cover_cell(draft, first, stream.split("own"));
  draft.append(op::Pad{0, now.width - first.width, 0, now.height - first.height, {}});
  double total = double(now.width) * now.height, seen = double(first.width) * first.height;
  for (int i = 1; i < grid.width * grid.height; ++i) {
    const int r = i / grid.width, c = i % grid.width;
    const Stream one = stream.split("cell", static_cast<std::uint64_t>(i));
    Draft other = draft.partner(one.bits("partner"));
    const Size size = cell(r, c);
    cover_cell(other, size, one);
    // Shares of what is seen so far, so that they come out by area.
    const double area = double(size.width) * size.height;
    seen += area;
    draft.join({.mode = op::Join::Mode::Paste,
                .plan = {},
                .x = xs[static_cast<std::size_t>(c)],
                .y = ys[static_cast<std::size_t>(r)]},
               other, area / std::min(seen, total));
  }
}
void Mosaic::fields(FieldVisitor& visit) {
  visit({"grid", {1, 8}, "", "rows and columns"}, grid);
  visit({"centre", {0.05, 0.95}, "of the sides", "of the inner lines, for 2x2"}, centre);
  visit_chance(visit, p);
}

void CopyPaste::draw(Draft& draft, const Stream& stream) const {
  if (!draft.can_mix()) return;
  Draft other = draft.partner(stream.bits("partner"));
  if (!other.has_masks()) return;
  fit(other, draft.size());
  const double chance = stream.uniform("share", share.low, share.high);
  op::Join join{.mode = op::Join::Mode::Cut,
                .plan = {},
                .feather = stream.uniform("feather", feather.low, feather.high)};
  for (const int instance : other.pastable_instances())
    if (stream.split("instance", static_cast<std::uint64_t>(instance)).chance("paste", chance))
      join.values.push_back(instance);
  if (!join.values.empty()) draft.join(std::move(join), other, 0);
}
void CopyPaste::fields(FieldVisitor& visit) {
  visit({"share", {0, 1}, "", "of the instances"}, share);
  visit({"feather", {0, 100}, "pixels", "softness of the edge"}, feather);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
