#pragma once

#include <filesystem>
#include <vector>

#include "doppel/dataset/sources/file_source.h"

namespace doppel::dataset {

/// Image files without labels, by their paths.
class ImageFiles final : public FileSource {
 public:
  /// Looks at no file: what is missing shows when it is read.
  explicit ImageFiles(const std::vector<std::filesystem::path>& files);
};

}  // namespace doppel::dataset
