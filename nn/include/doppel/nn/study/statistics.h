// Whether one way of training is better than another: what repeated runs say.
#pragma once

#include <cstddef>
#include <span>

namespace doppel::nn {

/// A mean and where it lies with 95 % confidence, by Student's t over the values. Of one value nothing more
/// is known: then low and high are minus and plus infinity.
struct Interval {
  double mean = 0;                                 ///< of the values
  double low = 0;                                  ///< where the interval begins
  double high = 0;                                 ///< where it ends
  bool above(double x) const { return low > x; }   ///< true where all of it is
  bool below(double x) const { return high < x; }  ///< true where all of it is
};
/// Throws UsageError for no values.
Interval mean_interval(std::span<const double> values);

/// McNemar's exact test for paired answers: the probability that counts as uneven as these come by chance
/// where both are equally good. `only_first`: answers that only the first got right.
double mcnemar(std::size_t only_first, std::size_t only_second);

}  // namespace doppel::nn
