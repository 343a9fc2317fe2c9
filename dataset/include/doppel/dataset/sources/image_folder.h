#pragma once

#include <filesystem>
#include <map>
#include <utility>
#include <vector>

#include "doppel/base/progress.h"
#include "doppel/dataset/sources/file_source.h"

namespace doppel::dataset {

/// A folder of class folders: `root/cat/1.jpg`. Classes are the folders' names in order; images lie at any
/// depth below them (.jpg, .jpeg, .png, .webp, .ppm, .pgm, .bmp, .tif, .tiff, any case; hidden files left
/// out). Links are followed, a folder that is met again inside itself is not.
class ImageFolder final : public FileSource {
 public:
  /// Throws Error where the folder is missing, has no class folders, or a class is empty. `progress` gets the
  /// images found, of nobody knows how many.
  explicit ImageFolder(const std::filesystem::path& root, const OnProgress& progress = {});
  /// The same of what a folder of each class holds: `part` has that of "cat" ("cat/train"), or nothing where
  /// it has none. Files beside the classes are no part's.
  ImageFolder(const std::filesystem::path& root,
              const std::map<std::filesystem::path, std::filesystem::path>& part, const OnProgress& progress);

 private:
  void read_classes(const std::vector<std::pair<std::filesystem::path, std::filesystem::path>>& folders,
                    const OnProgress& progress);
};

}  // namespace doppel::dataset
