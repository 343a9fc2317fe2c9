// Images in one folder, and texts of the same names in another.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "doppel/dataset/sources/remark.h"

namespace doppel::dataset {

struct PairedText {
  std::string image;  ///< below the images' folder
  std::filesystem::path text;
};

/// In the order of the texts' paths. `list`: a file of names, of which only these are taken, in its order;
/// empty: all. Remarks on texts without an image, images without a text, and files that aren't read.
/// Throws Error where a folder isn't there, nothing pairs, two images have one name, or a list names what
/// isn't there (with its line).
std::vector<PairedText> paired_texts(const std::filesystem::path& images, const std::filesystem::path& texts,
                                     const std::filesystem::path& list, Remarks& remarks);

}  // namespace doppel::dataset
