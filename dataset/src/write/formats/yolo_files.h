// What all kinds of YOLO have in common: where files lie, and data.yaml.
#pragma once

#include <filesystem>
#include <string>

#include "write/format.h"

namespace doppel::dataset::write {

/// images/PART/IMAGE.
std::string yolo_image(const Shown& shown);
/// The text of an image: labels/PART/NAME.txt.
std::string yolo_text(const std::string& image);
/// A share of an image's side, to a millionth of a pixel in images of a hundred.
std::string share_text(double share);
/// Writes data.yaml: names, parts, and `kpt_shape` where `keypoints` isn't 0.
void write_yolo_names(const std::filesystem::path& out, const SetFacts& facts, std::size_t keypoints);

}  // namespace doppel::dataset::write
