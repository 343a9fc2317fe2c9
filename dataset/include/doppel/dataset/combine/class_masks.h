#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "doppel/base/progress.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// The number of pixels of a mask that don't count: their class isn't known, or isn't any.
inline constexpr int kUncounted = 255;

/// Of a sample's mask of instances, CV_32S: 0 for background and k + 1 for class k of the instances' boxes.
cv::Mat classes_of_instances(const augment::Sample& sample);

/// A sample's mask of classes, CV_8U as large as its image: the one that isn't of instances; where there is
/// only that, classes_of_instances(). Empty where it has no mask.
/// Throws Error for several masks of classes, for floats, and for numbers outside 0 to 255.
cv::Mat class_mask(const augment::Sample& sample);

/// What numbers of masks mean.
struct MaskClasses {
  std::vector<std::string> names = {};  ///< by class; empty: not known
  bool foreground = false;              ///< 255 is class 1 of two, and all pixels count
};

/// What find_masks() came to.
struct FoundMasks {
  /// The samples that have a mask, with that alone, as class_mask() gives it; classes() are the pixels'.
  SourcePtr source;
  MaskClasses classes = {};               ///< as source->classes() calls them
  std::vector<std::size_t> without = {};  ///< samples that have none, and aren't in `source`
  std::vector<std::size_t> pixels = {};   ///< by class
  std::size_t uncounted = 0;              ///< pixels of kUncounted
  std::size_t unseen = 0;  ///< objects that no pixel of their image's mask of instances shows: background
};

/// Reads all masks of a source, as segmentation learns them. They mean what `classes` says; where that isn't
/// known, classes are called as the source does (behind "background", where masks are of instances), else by
/// their numbers, up to the largest in a mask, and masks of 0 and 255 alone have a foreground. What can't be
/// read is passed over, and stays in the source. A mask of instances that shows none of its image's objects
/// is none: they have boxes alone. `progress` gets the samples read. Throws Error where no sample has a mask,
/// no pixel counts, a mask holds a number without a class, or the source names other classes.
FoundMasks find_masks(const SourcePtr& source, const MaskClasses& classes = {},
                      const OnProgress& progress = {});

}  // namespace doppel::dataset
