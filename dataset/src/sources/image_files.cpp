#include "doppel/dataset/sources/image_files.h"

#include "doppel/base/error.h"

namespace doppel::dataset {

ImageFiles::ImageFiles(const std::vector<std::filesystem::path>& files) : FileSource("") {
  for (const std::filesystem::path& file : files) files_.push_back({file.string(), -1});
}

}  // namespace doppel::dataset
