// One image of CVAT's XML.
#pragma once

#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "doppel/dataset/sources/remark.h"
#include "drawn_image.h"

namespace doppel::dataset {

struct CvatShape {
  std::string label;
  std::string group;         ///< shapes of one label and group are one object; empty: alone
  DrawnShape drawn;          ///< without label and object
  bool is_point = false;     ///< its label is a point's
  std::size_t skeleton = 0;  ///< from 1: of which skeleton it is; 0: none
};

struct CvatImage {
  std::string name, subset;
  Size size;                        ///< 0 x 0 where it isn't said
  std::vector<std::string> labels;  ///< tags
  std::vector<CvatShape> shapes;
};

/// Reads an <image>. Throws Error that says which shape lacks what.
CvatImage read_cvat_image(const pugi::xml_node& image, Remarks& remarks);

}  // namespace doppel::dataset
