// What transforms that mix images share.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "base/exact_math.h"
#include "doppel/augment/transforms/transform.h"
#include "window.h"

namespace doppel::augment {

inline void fit(Draft& draft, Size size) { resize_to(draft, size, Filter::Bilinear); }

/// Gamma(shape, 1) by Marsaglia and Tsang 2000, with Stuart's boost below 1.
inline double draw_gamma(const Stream& stream, double shape) {
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
inline double draw_beta(const Stream& stream, double alpha) {
  const double a = draw_gamma(stream.split("a"), alpha), b = draw_gamma(stream.split("b"), alpha);
  return a + b > 0 ? a / (a + b) : 0.5;
}

}  // namespace doppel::augment
