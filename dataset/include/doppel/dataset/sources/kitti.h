#pragma once

#include <filesystem>

#include "doppel/base/progress.h"
#include "doppel/dataset/sources/annotated_images.h"

namespace doppel::dataset {

/// KITTI's object detection: image_2/000000.png and label_2/000000.txt. A line is an object: its type,
/// truncated, occluded, alpha, a box (left, top, right, bottom in pixels from 0), three dimensions, three
/// places, rotation_y, and maybe a score. The box alone is read.
///
/// Remarks: DontCare regions, which are left out, numbers that aren't read, images without a text and texts
/// without an image.
class Kitti final : public AnnotatedImages {
 public:
  /// `images`, `labels`: the two folders. `list`: a file of names, of which alone are read; empty: all.
  /// `progress` gets texts read, of all. Throws Error with file and line.
  explicit Kitti(const std::filesystem::path& images, const std::filesystem::path& labels,
                 const std::filesystem::path& list = {}, const OnProgress& progress = {});

 private:
  void take(std::string_view line, DrawnImage& drawn);
};

}  // namespace doppel::dataset
