#include "doppel/augment/transforms/blur.h"

#include <algorithm>
#include <cmath>

#include "../exact_math.h"
#include "chance_field.h"
#include "doppel/augment/error.h"

namespace doppel::augment {

void GaussianBlur::draw(Draft& draft, const Stream& stream) const {
  const double drawn = stream.uniform("sigma", sigma.low, sigma.high);
  if (drawn > 0) draft.append(op::GaussianBlur{drawn});
}
void GaussianBlur::fields(FieldVisitor& visit) {
  visit({"sigma", {0, 1000}, "pixels", ""}, sigma);
  visit_chance(visit, p);
}

void BoxBlur::draw(Draft& draft, const Stream& stream) const {
  const int n = stream.integer("size", size.low, size.high) | 1;
  if (n > 1) draft.append(op::BoxBlur{n});
}
void BoxBlur::fields(FieldVisitor& visit) {
  visit({"size", {1, 4095}, "pixels", "odd; even draws take the next"}, size);
  visit_chance(visit, p);
}

void MedianBlur::draw(Draft& draft, const Stream& stream) const {
  const int n = stream.integer("size", size.low, size.high) | 1;
  if (n > 1) draft.append(op::MedianBlur{n});
}
void MedianBlur::fields(FieldVisitor& visit) {
  visit({"size", {1, 255}, "pixels", "odd; even draws take the next"}, size);
  visit_chance(visit, p);
}

void MotionBlur::draw(Draft& draft, const Stream& stream) const {
  const double n = stream.uniform("length", length.low, length.high);
  if (n > 1)
    draft.append(op::LineBlur{n, stream.uniform("angle", angle.low, angle.high),
                              stream.uniform("direction", direction.low, direction.high)});
}
void MotionBlur::fields(FieldVisitor& visit) {
  visit({"length", {0, 4096}, "pixels", ""}, length);
  visit({"angle", {}, "degrees", ""}, angle);
  visit({"direction", {-1, 1}, "", "0 is even, 1 leans forwards"}, direction);
  visit_chance(visit, p);
}

void DefocusBlur::draw(Draft& draft, const Stream& stream) const {
  const double r = stream.uniform("radius", radius.low, radius.high);
  if (r > 0) draft.append(op::DiscBlur{r, stream.uniform("alias", alias.low, alias.high)});
}
void DefocusBlur::fields(FieldVisitor& visit) {
  visit({"radius", {0, 200}, "pixels", ""}, radius);
  visit({"alias", {0, 100}, "pixels", "Gaussian that softens the edge"}, alias);
  visit_chance(visit, p);
}

void ZoomBlur::draw(Draft& draft, const Stream& stream) const {
  const double f = stream.uniform("factor", factor.low, factor.high);
  if (f > 1)
    draft.append(op::ZoomBlur{f, stream.uniform("x", centre.low, centre.high),
                              stream.uniform("y", centre.low, centre.high)});
}
void ZoomBlur::fields(FieldVisitor& visit) {
  visit({"factor", {1, 4}, "", "largest zoom"}, factor);
  visit({"centre", {-1, 2}, "of the sides", "x and y each"}, centre);
  visit_chance(visit, p);
}

void GlassBlur::draw(Draft& draft, const Stream& stream) const {
  const int shift = stream.integer("max_shift", max_shift.low, max_shift.high);
  if (shift > 0)
    draft.append(op::Scatter{shift, stream.integer("iterations", iterations.low, iterations.high),
                             stream.uniform("sigma", sigma.low, sigma.high), stream.bits("seed")});
}
void GlassBlur::fields(FieldVisitor& visit) {
  visit({"sigma", {0, 100}, "pixels", ""}, sigma);
  visit({"max_shift", {0, 1000}, "pixels", ""}, max_shift);
  visit({"iterations", {1, 20}, "", ""}, iterations);
  visit_chance(visit, p);
}

void PixelSpread::draw(Draft& draft, const Stream& stream) const {
  const int r = stream.integer("radius", radius.low, radius.high);
  if (r > 0) draft.append(op::Scatter{r, 1, 0, stream.bits("seed")});
}
void PixelSpread::fields(FieldVisitor& visit) {
  visit({"radius", {0, 1000}, "pixels", ""}, radius);
  visit_chance(visit, p);
}

void AnisotropicBlur::draw(Draft& draft, const Stream& stream) const {
  draft.append(op::EllipseBlur{std::max(0.01, stream.uniform("sigma_x", sigma_x.low, sigma_x.high)),
                               std::max(0.01, stream.uniform("sigma_y", sigma_y.low, sigma_y.high)),
                               stream.uniform("angle", angle.low, angle.high)});
}
void AnisotropicBlur::fields(FieldVisitor& visit) {
  visit({"sigma_x", {0, 100}, "pixels", "along the angle"}, sigma_x);
  visit({"sigma_y", {0, 100}, "pixels", "across"}, sigma_y);
  visit({"angle", {}, "degrees", ""}, angle);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
