#include "doppel/augment/transforms/quality.h"

#include <algorithm>
#include <cmath>

#include "../exact_math.h"
#include "chance_field.h"
#include "doppel/augment/error.h"

namespace doppel::augment {

void JpegCompression::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Jpeg{stream.integer("quality", quality.low, quality.high)});
}
void JpegCompression::fields(FieldVisitor& visit) {
  visit({"quality", {1, 100}, "", ""}, quality);
  visit_chance(visit, p);
}

void WebpCompression::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Webp{stream.integer("quality", quality.low, quality.high)});
}
void WebpCompression::fields(FieldVisitor& visit) {
  visit({"quality", {1, 100}, "", ""}, quality);
  visit_chance(visit, p);
}

void Downscale::draw(Draft& draft, const Stream& stream) const {
  const double f = stream.uniform("factor", factor.low, factor.high);
  if (f < 1) draft.append(op::Downscale{f, down, up});
}
void Downscale::fields(FieldVisitor& visit) {
  visit({"factor", {0.001, 1}, "", ""}, factor);
  visit.choice({"down", {}, "", "how pixels are interpolated"}, down, kFilterNames);
  visit.choice({"up", {}, "", "how pixels are interpolated"}, up, kFilterNames);
  visit_chance(visit, p);
}

void Pixelate::draw(Draft& draft, const Stream& stream) const {
  const double s = std::min(draft.size().height, draft.size().width);
  const double side = stream.uniform("block", block.low, block.high) * s;
  if (side > 1) draft.append(op::Downscale{std::max(0.001, 1 / side), Filter::Area, Filter::Nearest});
}
void Pixelate::fields(FieldVisitor& visit) {
  visit({"block", {0.0001, 1}, "of the short side", "side of a square"}, block);
  visit_chance(visit, p);
}

void Dither::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Dither{stream.integer("bits", bits.low, bits.high)});
}
void Dither::fields(FieldVisitor& visit) {
  visit({"bits", {1, 8}, "", "kept in each channel"}, bits);
  visit_chance(visit, p);
}

void BayerMosaic::draw(Draft& draft, const Stream&) const {
  if (draft.channels() >= 3) draft.append(op::BayerMosaic{});
}
void BayerMosaic::fields(FieldVisitor& visit) { visit_chance(visit, p); }

void Interlace::draw(Draft& draft, const Stream& stream) const {
  const double by = stream.uniform("shift", shift.low, shift.high) * draft.size().width;
  const int pixels = static_cast<int>(std::lround(stream.chance("left", 0.5) ? -by : by));
  if (pixels != 0) draft.append(op::Interlace{pixels});
}
void Interlace::fields(FieldVisitor& visit) {
  visit({"shift", {0, 1}, "of the width", "of the odd rows, to either side"}, shift);
  visit_chance(visit, p);
}

void ChromaticAberration::draw(Draft& draft, const Stream& stream) const {
  if (draft.channels() >= 3)
    draft.append(op::Chromatic{stream.uniform("red", shift.low, shift.high),
                               stream.uniform("blue", shift.low, shift.high)});
}
void ChromaticAberration::fields(FieldVisitor& visit) {
  visit({"shift", {-0.5, 0.5}, "", "share by which red and blue each grow"}, shift);
  visit_chance(visit, p);
}

void Superpixels::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::Superpixels{stream.integer("count", count.low, count.high),
                               stream.uniform("share", share.low, share.high), stream.bits("seed")});
}
void Superpixels::fields(FieldVisitor& visit) {
  visit({"count", {1, 100000}, "", "patches"}, count);
  visit({"share", {0, 1}, "", "of them"}, share);
  visit_chance(visit, p);
}

void Halftone::draw(Draft& draft, const Stream& stream) const {
  const double s = std::min(draft.size().height, draft.size().width);
  draft.append(op::Halftone{std::max(2.0, stream.uniform("cell", cell.low, cell.high) * s),
                            stream.uniform("angle", angle.low, angle.high),
                            stream.uniform("share", share.low, share.high)});
}
void Halftone::fields(FieldVisitor& visit) {
  visit({"cell", {0.001, 1}, "of the short side", "side of a dot"}, cell);
  visit({"angle", {}, "degrees", ""}, angle);
  visit({"share", {0, 1}, "", "of the result"}, share);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
