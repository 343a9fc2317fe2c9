#include "doppel/dataset/sources/image_files.h"

#include "doppel/base/place.h"
#include "listed_images.h"

namespace doppel::dataset {

ImageFiles::ImageFiles(const std::vector<std::filesystem::path>& files) : FileSource("") {
  if (!files.empty()) place_ = placed(files[0]).place;
  for (const std::filesystem::path& file : files) keep_slices(file.string());
}

std::shared_ptr<ImageFiles> ImageFiles::below(const std::filesystem::path& folder) {
  Remarks remarks;
  std::vector<std::filesystem::path> files;
  for (const std::string& file : images_below(folder, folder, remarks)) files.push_back(folder / file);
  auto source = std::make_shared<ImageFiles>(files);
  source->remarks_ = std::move(remarks);
  return source;
}

}  // namespace doppel::dataset
