// What the loader hands over.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "doppel/augment/plan/sample.h"
#include "doppel/dataset/batch/tensor.h"

namespace doppel::dataset {

/// The targets of one row, moved as its pixels were.
struct Targets {
  std::vector<augment::Box> boxes;                 ///< clipped to the row's image
  std::vector<augment::Keypoint> keypoints;        ///< those outside the image too, by the recipe's rules
  std::vector<cv::Mat> masks;                      ///< as the sample has, each as large as the row's image
  std::vector<augment::RotatedBox> rotated_boxes;  ///< clipped to the row's image
  std::vector<augment::LabelShare> label_shares;   ///< as Sample's, mixed with others; empty: the label alone
  std::vector<augment::NamedValue> fields = {};    ///< as the sample has them
  std::vector<augment::FloatMap> maps = {};        ///< as the sample has, each as large as the row's image
  std::vector<augment::Outline> outlines = {};     ///< cut to the row's image
};

/// A batch. All lists have size() entries; row r belongs together.
struct Batch {
  std::uint64_t epoch = 0;               ///< which it belongs to
  std::uint64_t step = 0;                ///< within the epoch
  Tensor images;                         ///< [N, C, H, W] or [N, H, W, C], U8, F32 or BF16
  std::vector<int> labels;               ///< class, -1 where unknown
  std::vector<Targets> targets;          ///< ragged
  std::vector<std::size_t> indices;      ///< each row's sample in the source
  std::vector<std::uint64_t> positions;  ///< each row's place in the epoch
  std::size_t valid = 0;                 ///< rows that are samples; those after them fill a last batch up
  std::vector<std::vector<double>> numbers = {};  ///< Sample::numbers, mixed with others; ragged
  std::vector<double> weights = {};               ///< Sample::weight; 0 of rows that fill a last batch up
  std::vector<Tensor> views = {};  ///< as `images`, one for each of LoaderOptions::views but the first

  /// Rows, those that fill it up too.
  std::size_t size() const { return labels.size(); }
};

/// Whether an image has one class, or any number of them.
enum class Labels : unsigned char { Exclusive, Independent };

/// Labels as shares, [N, classes] F32: 1 at each label of a row, or what a mixing recipe made of it. As
/// Exclusive rows sum to 1: several labels share it. Throws Error where a label is outside the classes; as
/// Exclusive also where a row has none of them.
Tensor soft_labels(const Batch& batch, int classes, Labels labels = Labels::Exclusive);

/// Boxes as [N, M, 5] F32: x0, y0, x1, y1 and label of each row's first M boxes; the rest is -1. M 0: as many
/// as the fullest row has.
Tensor padded_boxes(const Batch& batch, std::size_t most = 0);

/// Labels as [N] I64.
Tensor dense_labels(const Batch& batch);

/// Numbers to be learned as [N, K] F32; those of rows that fill a last batch up are 0. Throws Error where
/// rows have different counts of them.
Tensor dense_numbers(const Batch& batch);

/// What each row counts, [N] F32.
Tensor dense_weights(const Batch& batch);

/// Masks as [N, H, W] where each row has one, [N, M, H, W] where each has M: U8, or I64 where one holds
/// larger numbers; those of rows that fill a last batch up are 0. Throws Error where counts or sizes differ.
Tensor stacked_masks(const Batch& batch);

/// Maps of that name as [N, C, H, W] F32; those of rows that fill a last batch up are 0. Throws Error where a
/// row has none, or where channels or sizes differ.
Tensor stacked_maps(const Batch& batch, std::string_view name);

/// Keypoints as [N, K, 3] F32: x, y and visibility of each row's first K points; the rest is -1, -1, 0. K 0:
/// as many as the fullest row has.
Tensor padded_keypoints(const Batch& batch, std::size_t most = 0);

/// A 64-bit digest of pixels, labels, targets, numbers, weights, fields and indices: equal for equal batches.
std::uint64_t digest(const Batch& batch, std::uint64_t seed = 0);

}  // namespace doppel::dataset
