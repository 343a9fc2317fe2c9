// Images in one folder, and texts of the same names in another.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "doppel/base/progress.h"
#include "doppel/dataset/sources/remark.h"
#include "drawn_image.h"

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

/// Reads each text: `take` draws what a line says, and `done` gets the image. Throws Error that names file
/// and line.
void read_paired_texts(const std::vector<PairedText>& pairs, const OnProgress& progress,
                       const std::function<void(std::string_view line, DrawnImage& drawn)>& take,
                       const std::function<void(const std::string& image, DrawnImage drawn)>& done);

}  // namespace doppel::dataset
