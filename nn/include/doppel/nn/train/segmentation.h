// Masks that a network tells of an image: how they are learned, and how far off it is.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "doppel/base/progress.h"
#include "doppel/dataset/loader/loader.h"
#include "doppel/nn/distributed/group.h"
#include "doppel/nn/model/model.h"

namespace doppel::nn {

/// A batch's masks as Segmentation takes them, [N, H, W] F32: the class of each pixel, -1 where that is
/// dataset::kUncounted; rows that fill a last batch up don't count at all. Throws Error, with the sample, for
/// another count of masks than 1, for one of floats or of another size than the image, and for a number
/// outside the classes.
dataset::Tensor mask_targets(const dataset::Batch& batch, int classes);

/// The most probable class of each pixel, [H, W], of logits [classes, H, W].
std::vector<unsigned char> most_probable(std::span<const float> logits, int classes);

/// How well masks are told: counts of pixels by truth and prediction, over all images together.
class MaskConfusion {
 public:
  /// Of no images yet.
  explicit MaskConfusion(int classes);
  /// Adds an image: the class of each pixel [H, W], negative where it doesn't count, and the logits
  /// [classes, H, W].
  void add(std::span<const float> truth, std::span<const float> logits);
  /// Of this process's images it becomes that of all processes'.
  void sum(Group& group);

  int classes() const { return classes_; }         ///< that it was made for
  std::int64_t images() const { return images_; }  ///< added
  std::int64_t pixels() const;                     ///< that count
  /// Pixels of class `truth` for which `prediction` was the most probable.
  std::int64_t at(int truth, int prediction) const {
    return counts_[static_cast<std::size_t>(truth * classes_ + prediction)];
  }
  std::int64_t truths(int c) const;       ///< pixels of class c
  std::int64_t predictions(int c) const;  ///< pixels that c was the most probable class of
  /// Intersection over union of the pixels of class c and those that were taken for it; none where there are
  /// neither.
  std::optional<double> iou(int c) const;
  double mean_iou() const;        ///< over the classes that have an iou(); 0 where there is none
  double pixel_accuracy() const;  ///< share of the pixels that are right; 0 of none

 private:
  int classes_;
  std::vector<std::int64_t> counts_;
  std::int64_t images_ = 0;
};

/// A sample's place in its source, its mask [H, W] as mask_targets() has it, and the logits [classes, H, W].
using OnMask =
    std::function<void(std::size_t index, std::span<const float> truth, std::span<const float> logits)>;

/// evaluate() of masks, at the network's own size. `group`: see evaluate_views(). Throws Error as
/// mask_targets() does.
MaskConfusion evaluate_masks(Model& model, dataset::Loader& loader, int threads = 0,
                             const OnMask& on_row = {}, const OnProgress& timing = {},
                             Group* group = nullptr);

}  // namespace doppel::nn
