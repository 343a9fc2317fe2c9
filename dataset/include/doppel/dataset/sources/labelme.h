#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "doppel/base/progress.h"
#include "doppel/dataset/sources/annotated_images.h"

namespace doppel::dataset {

/// LabelMe: a .json for each image, with shapes: rectangle, polygon, circle, line, linestrip, point,
/// points, mask, and the turned rectangles of its kin (rotation). Shapes of one label and group_id are one
/// object; points are of the object in their group. Flags that are set are the image's classes.
///
/// An image is the one that `imagePath` names, from the .json or by the longest of its ends below the root,
/// else the one with the name of the .json, else what `imageData` holds.
///
/// Remarks: images without a .json, flags and texts of shapes, other files. read() throws Error where
/// imageWidth and imageHeight aren't the image's.
class LabelMe final : public AnnotatedImages {
 public:
  /// All below `root`; `files`: the folder below it whose .json are read, at any depth; empty: the root.
  /// `progress` gets files read, of all. Throws Error with the file, and the shape: what isn't understood, an
  /// image that isn't there or is two.
  explicit LabelMe(const std::filesystem::path& root, const std::filesystem::path& files = {},
                   const OnProgress& progress = {});
  Item read(std::size_t index) const override;

  /// Whether the first .json of a folder is LabelMe's.
  static bool is_labelme(const std::filesystem::path& folder);

 private:
  struct Reader;
  std::vector<bool> embedded_;  ///< the file is the .json, which holds the image
};

}  // namespace doppel::dataset
