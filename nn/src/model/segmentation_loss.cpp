// What a mask's logits cost. Probabilities lie in the gradient's place until all of them are known.
#include <algorithm>
#include <array>
#include <cmath>

#include "doppel/nn/model/loss.h"

namespace doppel::nn {
namespace {

constexpr std::size_t kMostClasses = 256;

/// Of the pixels that count, class by class.
struct ClassSums {
  std::array<double, kMostClasses> truth{};        ///< pixels of the class
  std::array<double, kMostClasses> probability{};  ///< of all pixels
  std::array<double, kMostClasses> shared{};       ///< of the class's own pixels
  double pixels = 0;
  double cross_entropy = 0;  ///< weighted
};

double weight_of(const std::vector<double>& weights, std::size_t c) {
  return weights.empty() ? 1 : weights[c];
}

/// Writes each pixel's probabilities.
ClassSums sum_up(Logits logits, Shares mask, const std::vector<double>& weights,
                 std::span<float> probabilities) {
  const std::size_t area = mask.size(), classes = logits.size() / area;
  ClassSums sums;
  for (std::size_t i = 0; i < area; ++i) {
    if (mask[i] < 0) continue;
    float top = logits[i];
    for (std::size_t c = 1; c < classes; ++c) top = std::max(top, logits[c * area + i]);
    float all = 0;
    for (std::size_t c = 0; c < classes; ++c)
      all += probabilities[c * area + i] = std::exp(logits[c * area + i] - top);
    for (std::size_t c = 0; c < classes; ++c) {
      probabilities[c * area + i] /= all;
      sums.probability[c] += static_cast<double>(probabilities[c * area + i]);
    }
    const auto t = static_cast<std::size_t>(mask[i]);
    ++sums.truth[t];
    ++sums.pixels;
    sums.shared[t] += static_cast<double>(probabilities[t * area + i]);
    sums.cross_entropy += weight_of(weights, t) * (std::log(static_cast<double>(all)) +
                                                   static_cast<double>(top - logits[t * area + i]));
  }
  return sums;
}

}  // namespace

double Segmentation::operator()(Logits logits, Shares mask, std::span<float> gradient) const {
  const std::size_t area = mask.size(), classes = logits.size() / area;
  const ClassSums sums = sum_up(logits, mask, weights, gradient);
  if (sums.pixels == 0) {
    std::ranges::fill(gradient, 0.F);
    return 0;
  }
  // d loss / d p of a pixel of class c: own[c] where it's of it, all[c] in any case.
  std::array<double, kMostClasses> own{}, all{};
  double lacking = 0, present = 0;
  for (std::size_t c = 0; c < classes; ++c) present += sums.truth[c] > 0 ? 1 : 0;
  for (std::size_t c = 0; c < classes; ++c) {
    if (sums.truth[c] == 0) continue;
    const double both = sums.probability[c] + sums.truth[c], part = weight_of(weights, c) / present;
    lacking += part * (1 - 2 * sums.shared[c] / both);
    own[c] = -dice * part * 2 / both;
    all[c] = dice * part * 2 * sums.shared[c] / (both * both);
  }
  const double of_entropy = (1 - dice) / sums.pixels;
  for (std::size_t i = 0; i < area; ++i) {
    if (mask[i] < 0) {
      for (std::size_t c = 0; c < classes; ++c) gradient[c * area + i] = 0;
      continue;
    }
    const auto t = static_cast<std::size_t>(mask[i]);
    // Through the softmax: p_c · (g_c - sum of p · g).
    double mean = own[t] * static_cast<double>(gradient[t * area + i]);
    for (std::size_t c = 0; c < classes; ++c) mean += all[c] * static_cast<double>(gradient[c * area + i]);
    const double counts = of_entropy * weight_of(weights, t);
    for (std::size_t c = 0; c < classes; ++c) {
      const double p = static_cast<double>(gradient[c * area + i]), is = c == t ? 1 : 0;
      gradient[c * area + i] = static_cast<float>(counts * (p - is) + p * (all[c] + is * own[c] - mean));
    }
  }
  return of_entropy * sums.cross_entropy + dice * lacking;
}

}  // namespace doppel::nn
