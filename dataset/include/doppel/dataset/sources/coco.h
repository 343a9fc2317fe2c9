#pragma once

#include <filesystem>
#include <memory>

#include "doppel/base/progress.h"
#include "doppel/dataset/sources/file_source.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// COCO's JSON: `images`, `annotations` with `bbox` [x, y, width, height], `segmentation` (polygons, or
/// run-length code, compressed or not), `keypoints` [x, y, v, …] (v 0: not labelled and left out; 1: hidden),
/// `categories`. Classes are the categories in the order of their ids, which are whole numbers in any form,
/// or texts. Crowds are left out, as trainers do. Where any object has a segmentation, each sample has one
/// mask (CV_32S) of instance numbers, the n-th object n; polygons have the pixels that COCO's own tools give
/// them, and several of one object are a union. An object without `bbox` gets the box of its mask. Images
/// without annotations are background. What isn't read is remarked on.
class Coco final : public FileSource {
 public:
  /// Images lie in `images`, or, where that is empty, in a folder named after the file
  /// (instances_train2017.json: train2017, images/train2017), in images/, JPEGImages/ or data/, all of these
  /// beside the file or one above; beside it; or one above. Those that aren't there are left out with a
  /// remark. Throws Error that names the annotation; where a name leaves the folders; where no image is
  /// there at all. `progress` gets the bytes read, of all. read() throws Error where the image's size isn't
  /// the file's, or a run-length code's.
  explicit Coco(const std::filesystem::path& json, const std::filesystem::path& images = {},
                const OnProgress& progress = {});
  ~Coco() override;
  std::vector<int> object_labels(std::size_t index) const override;

 private:
  struct Objects;
  void annotate(std::size_t index, Item& item) const override;
  std::unique_ptr<const Objects> objects_;
};

}  // namespace doppel::dataset
