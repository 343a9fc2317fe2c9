// Generated images that are copies of what was learned from.
#pragma once

#include <cstddef>

#include "doppel/nn/study/generation_metrics.h"

namespace doppel::nn {

/// How near real images come to each other: of the distances of each image of one half of `train` to the
/// nearest of the other half the 1 % quantile. Nearer than this is a copy. 0 where there are fewer than 4.
double copying_bound(const FeatureSet& train);

/// Images that lie nearer to one that was learned from than copying_bound(), among those that were generated
/// and among real ones that were held out.
struct Copies {
  std::size_t generated = 0;       ///< of the generated ones
  std::size_t generated_of = 0;    ///< how many were looked at
  std::size_t held_out = 0;        ///< of those that were held out
  std::size_t held_out_of = 0;     ///< how many were looked at
  double generated_share() const;  ///< 0 where there are none
  double held_out_share() const;   ///< 0 where there are none
  /// More than real images show: the share is over twice theirs, and by more than three standard errors of
  /// the difference, which is more than chance.
  bool above_real() const;
};
/// Counts distances to the nearest image that was learned from.
Copies count_copies(double bound, const std::vector<Nearest>& generated,
                    const std::vector<Nearest>& held_out);

}  // namespace doppel::nn
