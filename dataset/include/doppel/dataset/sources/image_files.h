#pragma once

#include <filesystem>
#include <vector>

#include "doppel/dataset/sources/file_source.h"

namespace doppel::dataset {

/// Image files without labels, by their paths.
class ImageFiles final : public FileSource {
 public:
  explicit ImageFiles(const std::vector<std::filesystem::path>& files);
};

}  // namespace doppel::dataset
