#include "doppel/nn/study/copies.h"

#include <algorithm>
#include <cmath>

#include "quantile.h"

namespace doppel::nn {
namespace {

std::size_t nearer_than(double bound, const std::vector<Nearest>& all) {
  return static_cast<std::size_t>(
      std::ranges::count_if(all, [&](const Nearest& n) { return n.distance < bound; }));
}

double share_of(std::size_t some, std::size_t all) {
  return all == 0 ? 0 : static_cast<double>(some) / static_cast<double>(all);
}

}  // namespace

double copying_bound(const FeatureSet& train) {
  const std::size_t half = train.count() / 2;
  if (half < 2) return 0;
  FeatureSet other = train;
  other.values.erase(other.values.begin(),
                     other.values.begin() + static_cast<std::ptrdiff_t>(half * train.width));
  other.labels.erase(other.labels.begin(), other.labels.begin() + static_cast<std::ptrdiff_t>(half));
  std::vector<double> distances;
  for (const Nearest& n : nearest(train.first(half), other)) distances.push_back(n.distance);
  return quantile_of(std::move(distances), 0.01);
}

double Copies::generated_share() const { return share_of(generated, generated_of); }
double Copies::held_out_share() const { return share_of(held_out, held_out_of); }

bool Copies::above_real() const {
  if (generated_of == 0 || held_out_of == 0) return false;
  const double made = generated_share(), real = held_out_share(),
               both = share_of(generated + held_out, generated_of + held_out_of);
  const double error = std::sqrt(
      both * (1 - both) * (1 / static_cast<double>(generated_of) + 1 / static_cast<double>(held_out_of)));
  return made > 2 * real && made - real > 3 * error;
}

Copies count_copies(double bound, const std::vector<Nearest>& generated,
                    const std::vector<Nearest>& held_out) {
  return {nearer_than(bound, generated), generated.size(), nearer_than(bound, held_out), held_out.size()};
}

}  // namespace doppel::nn
