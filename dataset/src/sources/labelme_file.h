// One .json of LabelMe.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "doppel/base/geometry.h"
#include "doppel/dataset/sources/remark.h"
#include "drawn_image.h"

namespace doppel::dataset {

struct LabelMeShape {
  std::string label;
  std::optional<std::int64_t> group;
  DrawnShape drawn;  ///< without label and object
  bool is_points = false;
};

struct LabelMeFile {
  std::string image;                 ///< imagePath; empty where there is none
  bool holds_image = false;          ///< in imageData
  Size size;                         ///< 0 x 0 where it isn't said
  std::vector<std::string> flags;    ///< those of the image that are set
  std::vector<LabelMeShape> shapes;  ///< of `points`, each one
};

/// Reads one; `name` is how remarks call it. Throws Error, without the file's name, with the shape that lacks
/// something.
LabelMeFile read_labelme(const std::filesystem::path& file, std::string_view name, Remarks& remarks);
/// Its imageData. Throws Error.
std::vector<unsigned char> labelme_image(const std::filesystem::path& file);
/// By the keys that a file begins with.
bool is_labelme(const std::filesystem::path& file);
/// Whether it says of what kind it is: not where it's empty, damaged at its begin, or {}.
bool tells_json_kind(const std::filesystem::path& file);

}  // namespace doppel::dataset
