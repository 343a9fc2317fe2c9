// What all kinds of YOLO have in common: where files lie, and data.yaml.
#pragma once

#include <filesystem>
#include <string>

#include "write/format.h"

namespace doppel::dataset::write {

/// images/PART/PICTURE.
std::string yolo_picture(const Shown& shown);
/// The text of a picture: labels/PART/NAME.txt.
std::string yolo_text(const std::string& picture);
/// A share of a picture's side, to a millionth of a pixel in pictures of a hundred.
std::string share_text(double share);
/// Writes data.yaml: names, parts, and `kpt_shape` where `keypoints` isn't 0.
void write_yolo_names(const std::filesystem::path& out, const SetFacts& facts, std::size_t keypoints);

}  // namespace doppel::dataset::write
