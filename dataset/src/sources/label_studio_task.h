// One task of Label Studio's export.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "doppel/dataset/sources/remark.h"
#include "drawn_image.h"
#include "json_value.h"

namespace doppel::dataset {

struct LabelStudioShape {
  std::string id, label;
  DrawnShape drawn;  ///< in shares of the sides, without a label
  bool is_point = false;
};

struct LabelStudioTask {
  std::vector<std::string> texts;    ///< what its `data` holds: one of them names the image
  Size size;                         ///< 0 x 0 where it isn't said
  std::vector<std::string> choices;  ///< of the image
  std::vector<LabelStudioShape> shapes;
  bool is_annotated = false;
};

/// Reads one; `name` is how remarks call it. Throws Error with the result that lacks something.
LabelStudioTask read_label_studio_task(simdjson::ondemand::object task, std::string_view name,
                                       Remarks& remarks);

}  // namespace doppel::dataset
