#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "doppel/base/progress.h"
#include "doppel/dataset/sources/annotated_images.h"

namespace doppel::dataset {

/// CVAT's own format for images, version 1.1: annotations.xml, with images beside it or below its folder.
/// Boxes, turned ones too, polygons, ellipses, masks, polylines, points and skeletons; shapes of one label
/// and group_id are one object. Tags are the image's classes.
///
/// Remarks: attributes, cuboids, images that aren't there. read() throws Error where width and height aren't
/// the image's.
class Cvat final : public AnnotatedImages {
 public:
  /// `subset`: only images of that subset, in any case; empty: all. `progress` gets images read, of all.
  /// Throws Error with the file, the image and what is wrong: damaged XML (with its line), tracks of a
  /// video, a shape that lacks something.
  explicit Cvat(const std::filesystem::path& xml, const std::string& subset = "",
                const OnProgress& progress = {});

  /// The subsets that its images are of, in order; empty where none is said.
  static std::vector<std::string> subsets(const std::filesystem::path& xml);
  /// Whether a file's XML has the root <annotations>.
  static bool is_cvat(const std::filesystem::path& xml);

 private:
  struct Reader;
};

}  // namespace doppel::dataset
