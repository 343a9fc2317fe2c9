// How near a set of generated images comes to a set of real ones, by features of both.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace doppel::nn {

/// Rows of `width` numbers, one for each image, and the images' classes.
struct FeatureSet {
  std::size_t width = 0;      ///< numbers in a row
  std::vector<float> values;  ///< [count, width], row after row
  std::vector<int> labels;    ///< one for each row; may be empty where of_class() isn't asked
  /// Rows.
  std::size_t count() const { return width == 0 ? 0 : values.size() / width; }
  /// The rows of one class.
  FeatureSet of_class(int label) const;
  /// The first `count` rows.
  FeatureSet first(std::size_t count) const;
};

/// Fréchet's distance between the normal distributions that fit both sets (Heusel et al. 2017). It grows as
/// the sets shrink: compare it only with distances at the same counts. Throws UsageError where a set has
/// fewer than two rows, or their widths differ.
double frechet_distance(const FeatureSet& a, const FeatureSet& b);

/// The squared maximum mean discrepancy under the kernel (x·y / width + 1)³, unbiased (Bińkowski et al.
/// 2018): the mean over blocks of 500 rows, and its standard error (0 where there is one block).
struct KernelDistance {
  double value = 0;  ///< may be below 0, being unbiased
  double error = 0;  ///< the standard error of `value`
};
/// Throws UsageError where a set has fewer than two rows, or their widths differ.
KernelDistance kernel_distance(const FeatureSet& a, const FeatureSet& b);

/// How the sets' neighbourhoods overlap: balls around each row that reach its k-th nearest in its own set
/// (Kynkäänniemi et al. 2019; Naeem et al. 2020).
struct Overlap {
  double precision = 0;  ///< share of generated rows in some real row's ball
  double recall = 0;     ///< share of real rows in some generated row's ball
  double density = 0;    ///< how many real balls hold a generated row, over k; 1 where the sets are alike
  double coverage = 0;   ///< share of real balls that hold a generated row
};
/// Throws UsageError where k is below 1, a set has k rows or fewer, or their widths differ.
Overlap overlap(const FeatureSet& real, const FeatureSet& generated, int k = 5);

/// Each row's nearest row of another set.
struct Nearest {
  std::size_t index = 0;  ///< of the row in the other set
  double distance = 0;    ///< Euclidean
};
/// Of each row of `from` the nearest of `to`. Throws UsageError where a set is empty, or their widths differ.
std::vector<Nearest> nearest(const FeatureSet& from, const FeatureSet& to);

/// Meehan et al. 2020: whether generated images lie nearer to the training set than images that were held
/// out do, as a normal score of the Mann-Whitney test over the distances. Below -3 the generator copies;
/// above 3 its images are farther from what is real than real ones are. Throws UsageError as nearest()
/// does.
double copying_score(const FeatureSet& train, const FeatureSet& held_out, const FeatureSet& generated);
/// The score of two samples of distances; 0 where one is empty.
double mann_whitney(std::span<const double> first, std::span<const double> second);

}  // namespace doppel::nn
