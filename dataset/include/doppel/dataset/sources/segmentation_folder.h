#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "doppel/base/progress.h"
#include "doppel/dataset/sources/file_source.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// images/ with a mask of the same stem in masks/ (or labels/, annotations/, SegmentationClass/): grey PNG, a
/// value per class.
class SegmentationFolder final : public FileSource {
 public:
  /// `progress` gets the pictures matched, of all.
  explicit SegmentationFolder(const std::filesystem::path& root, const OnProgress& progress = {});
  /// The mask folder below `root`, empty where there is none.
  static std::filesystem::path mask_folder(const std::filesystem::path& root);

 private:
  void annotate(std::size_t index, Item& item) const override;
  std::vector<std::string> masks_;
};

}  // namespace doppel::dataset
