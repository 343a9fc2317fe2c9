#include "doppel/augment/plan/ops/blur.h"

#include <cmath>

#include "doppel/base/error.h"
#include "field_lists.h"

namespace doppel::augment::op {
void GaussianBlur::fields(FieldVisitor& visit) { visit({"sigma", {0, 1000}, "pixels", ""}, sigma); }
void LineBlur::fields(FieldVisitor& visit) {
  visit({"length", {0, 4096}, "pixels", ""}, length);
  visit({"angle", {}, "degrees", "counter-clockwise from the x axis"}, angle);
  visit({"direction", {-1, 1}, "", "-1 leans back, 1 forward"}, direction);
}
void BoxBlur::fields(FieldVisitor& visit) {
  visit({"size", {1, 4095}, "pixels", "odd"}, size);
  if (size % 2 == 0) throw UsageError("BoxBlur: size must be odd");
}
void MedianBlur::fields(FieldVisitor& visit) {
  visit({"size", {1, 255}, "pixels", "odd"}, size);
  if (size % 2 == 0) throw UsageError("MedianBlur: size must be odd");
}
void EllipseBlur::fields(FieldVisitor& visit) {
  visit({"sigma_x", {0.01, 100}, "pixels", ""}, sigma_x);
  visit({"sigma_y", {0.01, 100}, "pixels", ""}, sigma_y);
  visit({"angle", {}, "degrees", ""}, angle);
}
void DiscBlur::fields(FieldVisitor& visit) {
  visit({"radius", {0, 200}, "pixels", ""}, radius);
  visit({"softness", {0, 100}, "pixels", ""}, softness);
}
void ZoomBlur::fields(FieldVisitor& visit) {
  visit({"factor", {1, 4}, "", ""}, factor);
  visit({"x", {}, "of the width", "centre"}, x);
  visit({"y", {}, "of the height", "centre"}, y);
}
void Scatter::fields(FieldVisitor& visit) {
  visit({"shift", {0, 1000}, "pixels", ""}, shift);
  visit({"rounds", {1, 20}, "", ""}, rounds);
  visit({"sigma", {0, 100}, "pixels", ""}, sigma);
  visit({"seed", {}, "", "names the draw"}, seed);
}
void Kernel::fields(FieldVisitor& visit) {
  visit({"weights", {}, "", "n x n numbers"}, weights);
  if (const auto n = static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(weights.size()))));
      n * n != weights.size() || (n % 2 == 0 && n > 0))
    throw UsageError("Kernel: weights need 1, 9, 25 … numbers");
}
void Unsharp::fields(FieldVisitor& visit) {
  visit({"sigma", {0.1, 100}, "pixels", ""}, sigma);
  visit({"amount", {-10, 10}, "", ""}, amount);
  visit({"threshold", kShare, "of the full range", ""}, threshold);
}

}  // namespace doppel::augment::op
