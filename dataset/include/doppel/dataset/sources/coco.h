#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "doppel/augment/plan/sample.h"
#include "doppel/base/progress.h"
#include "doppel/dataset/sources/file_source.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// COCO's JSON: `images`, `annotations` with `bbox` [x, y, width, height], `segmentation` (polygons, or
/// run-length code, compressed or not), `keypoints` [x, y, v, …] (v 0: not labelled and left out; 1: hidden),
/// `categories`. Classes are the categories in the order of their ids. Crowds' boxes are left out, as
/// trainers do. Where any object has a segmentation, each sample has one mask (CV_32S) of instance numbers,
/// the n-th object n.
class Coco final : public FileSource {
 public:
  /// Images lie in `images`, or, where that is empty, beside the file, in a folder named after it
  /// (instances_train2017.json: train2017), or in images/. Throws Error that names the annotation.
  /// `progress` gets the annotations read, of all.
  explicit Coco(const std::filesystem::path& json, const std::filesystem::path& images = {},
                const OnProgress& progress = {});

  /// A segmentation as the file has it: polygons as numbers, or runs of background and object by columns.
  struct Outline {
    std::vector<std::vector<double>> polygons;  ///< x, y of each corner, pixels
    std::vector<std::uint32_t> runs;            ///< their lengths in pixels, background first
    Size size;                                  ///< of the runs
  };
  /// What an annotation says.
  struct Object {
    augment::Box box;                          ///< its instance is the object's number in its picture, from 1
    std::vector<augment::Keypoint> keypoints;  ///< those labelled; visibility 0: hidden
    Outline outline;                           ///< empty where there is no segmentation
  };

 private:
  struct Reader;
  void annotate(std::size_t index, Item& item) const override;
  std::vector<std::vector<Object>> objects_;
  std::vector<Size> sizes_;  ///< that the file promises; 0 where it doesn't
  bool has_masks_ = false;
};

}  // namespace doppel::dataset
