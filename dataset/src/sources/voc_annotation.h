// One XML file of Pascal VOC.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "doppel/augment/plan/sample.h"
#include "doppel/base/geometry.h"
#include "doppel/dataset/sources/remark.h"

namespace doppel::dataset {

struct VocObject {
  std::string name;
  augment::Box box;  ///< from 0, in order, without a label
  bool difficult = false;
};

struct VocAnnotation {
  std::string filename;  ///< as it is written; empty where there is none
  Size size;             ///< 0 x 0 where it isn't said
  std::vector<VocObject> objects;
};

/// Reads one; `name` is how remarks call it. Throws Error, without the file's name, with the line of damaged
/// XML, or the object that lacks something.
VocAnnotation read_voc_annotation(const std::filesystem::path& file, std::string_view name, Remarks& remarks);

/// Whether a file's XML has the root <annotation>.
bool is_voc_annotation(const std::filesystem::path& file);

}  // namespace doppel::dataset
