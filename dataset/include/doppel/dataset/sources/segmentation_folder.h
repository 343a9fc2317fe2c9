#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "doppel/base/progress.h"
#include "doppel/dataset/sources/file_source.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// Pictures with a mask each, of the same stem (or the stem with _mask, _masks, _gt, _label or _labels after
/// it): one channel, a value per class, 255 by custom for what doesn't count.
class SegmentationFolder final : public FileSource {
 public:
  /// `images` and `masks` lie below `root`; pictures at any depth, masks in the same folders. `progress` gets
  /// the pictures matched, of all. Throws Error where a picture has no mask; a mask without a picture is
  /// remarked on.
  SegmentationFolder(const std::filesystem::path& root, const std::filesystem::path& images,
                     const std::filesystem::path& masks, const OnProgress& progress = {});
  /// The mask folder below `root`, by its usual names in any case; empty where there is none with pictures.
  static std::filesystem::path mask_folder(const std::filesystem::path& root);

 private:
  void annotate(std::size_t index, Item& item) const override;
  std::vector<std::string> masks_;
};

}  // namespace doppel::dataset
