#pragma once

#include <filesystem>

#include "doppel/base/progress.h"
#include "doppel/dataset/sources/annotated_images.h"

namespace doppel::dataset {

/// DOTA: images/P0000.png and labelTxt/P0000.txt. A line is an object: x and y of four corners in pixels, its
/// class, and maybe 1 where it's difficult. Turned ones are turned boxes, upright ones boxes; of four corners
/// that are no rectangle the smallest one around them is taken. Lines of imagesource and gsd come before.
///
/// Remarks: difficult objects, which are kept, corners that are no rectangle, head lines, images without a
/// text and texts without an image.
class Dota final : public AnnotatedImages {
 public:
  /// `images`, `labels`: the two folders. `progress` gets texts read, of all. Throws Error with file and
  /// line.
  explicit Dota(const std::filesystem::path& images, const std::filesystem::path& labels,
                const OnProgress& progress = {});

 private:
  void take(std::string_view line, DrawnImage& drawn);
};

}  // namespace doppel::dataset
