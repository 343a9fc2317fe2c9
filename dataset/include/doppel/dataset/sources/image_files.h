#pragma once

#include <filesystem>
#include <vector>

#include "doppel/dataset/sources/file_source.h"

namespace doppel::dataset {

/// Image files without labels, by their paths.
class ImageFiles final : public FileSource {
 public:
  /// Looks at no file but volumes, whose slices are samples each: what is missing shows when it is read.
  explicit ImageFiles(const std::vector<std::filesystem::path>& files);
  /// All images at any depth below a folder, in order; there may be none. Others are remarked on.
  static std::shared_ptr<ImageFiles> below(const std::filesystem::path& folder);
};

}  // namespace doppel::dataset
