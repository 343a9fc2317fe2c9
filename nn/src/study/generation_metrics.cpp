#include "doppel/nn/study/generation_metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <opencv2/core.hpp>

#include "doppel/base/error.h"
#include "doppel/base/parallel.h"
#include "engine/onednn.h"

namespace doppel::nn {
namespace {

constexpr int kBlockRows = 256;

void check(const FeatureSet& a, const FeatureSet& b, std::size_t least) {
  if (a.width != b.width || a.width == 0)
    throw UsageError(fmt::format("features of {} and of {} numbers can't be compared", a.width, b.width));
  if (a.count() < least || b.count() < least)
    throw UsageError(
        fmt::format("{} and {} images are too few: {} are needed of each", a.count(), b.count(), least));
}

/// products [rows of a, rows of b] of rows [first, first + count) of a.
std::vector<float> products(const FeatureSet& a, std::size_t first, std::size_t count, const FeatureSet& b) {
  const engine::OneDnnScope scope;
  const auto n = static_cast<dnnl_dim_t>(b.count()), width = static_cast<dnnl_dim_t>(a.width);
  std::vector<float> out(count * b.count());
  dnnl_sgemm('N', 'T', static_cast<dnnl_dim_t>(count), n, width, 1.F, a.values.data() + first * a.width,
             width, b.values.data(), width, 0.F, out.data(), n);
  return out;
}

std::vector<float> squares_of(const FeatureSet& a) {
  std::vector<float> squares(a.count());
  for (std::size_t r = 0; r < squares.size(); ++r)
    for (std::size_t i = 0; i < a.width; ++i)
      squares[r] += a.values[r * a.width + i] * a.values[r * a.width + i];
  return squares;
}

/// Calls f(row of a, squared distances to all rows of b) from several threads.
template <class F>
void each_distance(const FeatureSet& a, const FeatureSet& b, F f) {
  const auto of_a = squares_of(a), of_b = squares_of(b);
  const std::size_t blocks = (a.count() + kBlockRows - 1) / kBlockRows;
  for_all(blocks, [&](std::size_t block) {
    const std::size_t first = block * kBlockRows,
                      count = std::min<std::size_t>(kBlockRows, a.count() - first);
    auto squared = products(a, first, count, b);
    for (std::size_t r = 0; r < count; ++r) {
      const std::span row(squared.data() + r * b.count(), b.count());
      for (std::size_t i = 0; i < row.size(); ++i)
        row[i] = std::max(0.F, of_a[first + r] + of_b[i] - 2 * row[i]);
      f(first + r, row);
    }
  });
}

/// Each row's squared distance to its k-th nearest of the same set.
std::vector<float> radii(const FeatureSet& set, int k) {
  std::vector<float> all(set.count());
  each_distance(set, set, [&](std::size_t r, std::span<float> squared) {
    squared[r] = -1;  // itself
    std::nth_element(squared.begin(), squared.begin() + k, squared.end());
    all[r] = squared[static_cast<std::size_t>(k)];
  });
  return all;
}

struct Moments {
  cv::Mat mean, covariance;
};

Moments moments(const FeatureSet& set) {
  const cv::Mat rows(static_cast<int>(set.count()), static_cast<int>(set.width), CV_32F,
                     const_cast<float*>(set.values.data()));
  Moments m;
  cv::calcCovarMatrix(rows, m.covariance, m.mean, cv::COVAR_NORMAL | cv::COVAR_ROWS, CV_64F);
  m.covariance /= static_cast<double>(set.count() - 1);
  return m;
}

/// The square root of a symmetric matrix without negative eigenvalues.
cv::Mat root(const cv::Mat& symmetric) {
  cv::Mat values, vectors;
  cv::eigen(symmetric, values, vectors);
  cv::Mat scaled = vectors.clone();
  for (int i = 0; i < values.rows; ++i) scaled.row(i) *= std::sqrt(std::max(0.0, values.at<double>(i)));
  return vectors.t() * scaled;
}

double cubed_kernel(float product, double width) {
  const double v = static_cast<double>(product) / width + 1;
  return v * v * v;
}

/// Mean of the kernel over pairs of rows; of different ones where the sets are the same.
double kernel_mean(const FeatureSet& a, const FeatureSet& b, bool same) {
  double sum = 0;
  const auto dots = products(a, 0, a.count(), b);
  for (std::size_t r = 0; r < a.count(); ++r)
    for (std::size_t i = 0; i < b.count(); ++i)
      if (!same || r != i) sum += cubed_kernel(dots[r * b.count() + i], static_cast<double>(a.width));
  const auto n = static_cast<double>(a.count());
  return sum / (n * (static_cast<double>(b.count()) - (same ? 1 : 0)));
}

FeatureSet rows_of(const FeatureSet& set, std::size_t first, std::size_t count) {
  FeatureSet part{set.width, {}, {}};
  const auto at = set.values.begin() + static_cast<std::ptrdiff_t>(first * set.width);
  part.values.assign(at, at + static_cast<std::ptrdiff_t>(count * set.width));
  if (!set.labels.empty())
    part.labels.assign(set.labels.begin() + static_cast<std::ptrdiff_t>(first),
                       set.labels.begin() + static_cast<std::ptrdiff_t>(first + count));
  return part;
}

}  // namespace

FeatureSet FeatureSet::of_class(int label) const {
  FeatureSet part{width, {}, {}};
  for (std::size_t r = 0; r < count(); ++r) {
    if (labels[r] != label) continue;
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(r * width);
    part.values.insert(part.values.end(), at, at + static_cast<std::ptrdiff_t>(width));
    part.labels.push_back(label);
  }
  return part;
}

FeatureSet FeatureSet::first(std::size_t n) const { return rows_of(*this, 0, std::min(n, count())); }

double frechet_distance(const FeatureSet& a, const FeatureSet& b) {
  check(a, b, 2);
  const Moments of_a = moments(a), of_b = moments(b);
  const cv::Mat half = root(of_a.covariance), apart = of_a.mean - of_b.mean;
  cv::Mat product = half * of_b.covariance * half, values;
  product = (product + product.t()) / 2;
  cv::eigen(product, values);
  double shared = 0;
  for (int i = 0; i < values.rows; ++i) shared += std::sqrt(std::max(0.0, values.at<double>(i)));
  return apart.dot(apart) + cv::trace(of_a.covariance)[0] + cv::trace(of_b.covariance)[0] - 2 * shared;
}

KernelDistance kernel_distance(const FeatureSet& a, const FeatureSet& b) {
  check(a, b, 2);
  constexpr std::size_t kRows = 500;
  const std::size_t rows = std::min({kRows, a.count(), b.count()}),
                    blocks = std::min(a.count(), b.count()) / rows;
  std::vector<double> values(blocks);
  for_all(blocks, [&](std::size_t i) {
    const FeatureSet x = rows_of(a, i * rows, rows), y = rows_of(b, i * rows, rows);
    values[i] = kernel_mean(x, x, true) + kernel_mean(y, y, true) - 2 * kernel_mean(x, y, false);
  });
  const auto n = static_cast<double>(blocks);
  KernelDistance distance{std::accumulate(values.begin(), values.end(), 0.0) / n, 0};
  for (const double v : values) distance.error += (v - distance.value) * (v - distance.value);
  distance.error = blocks > 1 ? std::sqrt(distance.error / (n - 1) / n) : 0;
  return distance;
}

Overlap overlap(const FeatureSet& real, const FeatureSet& generated, int k) {
  if (k < 1) throw UsageError("neighbourhoods need a neighbour");
  check(real, generated, static_cast<std::size_t>(k) + 1);
  const auto real_radii = radii(real, k), generated_radii = radii(generated, k);
  std::vector<unsigned char> precise(generated.count()), recalled(real.count()), covered(real.count());
  std::vector<int> holding(generated.count());
  each_distance(generated, real, [&](std::size_t g, std::span<float> squared) {
    for (std::size_t r = 0; r < squared.size(); ++r) holding[g] += squared[r] <= real_radii[r];
    precise[g] = holding[g] > 0;
  });
  each_distance(real, generated, [&](std::size_t r, std::span<float> squared) {
    for (std::size_t g = 0; g < squared.size(); ++g) {
      recalled[r] = recalled[r] | (squared[g] <= generated_radii[g]);
      covered[r] = covered[r] | (squared[g] <= real_radii[r]);
    }
  });
  const auto share = [](const auto& flags) {
    return std::accumulate(flags.begin(), flags.end(), 0.0) / static_cast<double>(flags.size());
  };
  return {share(precise), share(recalled), share(holding) / k, share(covered)};
}

std::vector<Nearest> nearest(const FeatureSet& from, const FeatureSet& to) {
  check(from, to, 1);
  std::vector<Nearest> all(from.count());
  each_distance(from, to, [&](std::size_t r, std::span<float> squared) {
    const auto best = std::ranges::min_element(squared);
    all[r] = {static_cast<std::size_t>(best - squared.begin()), std::sqrt(static_cast<double>(*best))};
  });
  return all;
}

double mann_whitney(std::span<const double> first, std::span<const double> second) {
  if (first.empty() || second.empty()) return 0;
  std::vector<std::pair<double, bool>> all;
  for (const double v : first) all.emplace_back(v, true);
  for (const double v : second) all.emplace_back(v, false);
  std::ranges::sort(all);
  const auto n = static_cast<double>(first.size()), m = static_cast<double>(second.size()), both = n + m;
  double ranks = 0, ties = 0;
  for (std::size_t i = 0; i < all.size();) {
    std::size_t end = i;
    while (end < all.size() && all[end].first == all[i].first) ++end;
    const auto count = static_cast<double>(end - i);
    const double rank = static_cast<double>(i) + (count + 1) / 2;  // what is alike shares its ranks
    for (; i < end; ++i) ranks += all[i].second ? rank : 0;
    ties += count * count * count - count;
  }
  const double variance = n * m / 12 * (both + 1 - ties / (both * (both - 1)));
  return variance > 0 ? (ranks - n * (both + 1) / 2) / std::sqrt(variance) : 0;
}

double copying_score(const FeatureSet& train, const FeatureSet& held_out, const FeatureSet& generated) {
  const auto distances = [&](const FeatureSet& from) {
    std::vector<double> all;
    for (const Nearest& n : nearest(from, train)) all.push_back(n.distance);
    return all;
  };
  return mann_whitney(distances(generated), distances(held_out));
}

}  // namespace doppel::nn
