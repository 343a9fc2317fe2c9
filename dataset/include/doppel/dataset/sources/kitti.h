#pragma once

#include <filesystem>

#include "doppel/base/progress.h"
#include "doppel/dataset/sources/annotated_pictures.h"

namespace doppel::dataset {

/// KITTI's object detection: image_2/000000.png and label_2/000000.txt. A line is an object: its type,
/// truncated, occluded, alpha, a box (left, top, right, bottom in pixels from 0), three dimensions, three
/// places, rotation_y, and maybe a score. The box alone is read.
///
/// Remarks: DontCare regions, which are left out, numbers that aren't read, pictures without a text and texts
/// without a picture.
class Kitti final : public AnnotatedPictures {
 public:
  /// `pictures`, `labels`: the two folders. `list`: a file of names, of which alone are read; empty: all.
  /// `progress` gets texts read, of all. Throws Error with file and line.
  explicit Kitti(const std::filesystem::path& pictures, const std::filesystem::path& labels,
                 const std::filesystem::path& list = {}, const OnProgress& progress = {});

 private:
  void take(std::string_view line, DrawnPicture& drawn);
};

}  // namespace doppel::dataset
