// What annotations in a WebDataset shard say: .cls and .json.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "doppel/augment/plan/sample.h"
#include "labelled_outline.h"
#include "map_file.h"

namespace doppel::dataset {

/// The class that a .cls names, without blanks around it; empty where it's blank. Throws Error where it isn't
/// one line of text, or holds several numbers.
std::string class_in(const std::vector<unsigned char>& bytes);

/// What a .json says.
struct ShardNote {
  std::string label;                                        ///< empty where none is given
  std::vector<std::pair<augment::Box, std::string>> boxes;  ///< with the class; empty: the sample's
  std::vector<std::pair<std::string, double>> shares;       ///< of several classes
  std::vector<std::pair<augment::RotatedBox, std::string>> rotated_boxes;  ///< with the class, as boxes
  std::vector<augment::Keypoint> keypoints;
  std::vector<MapFile> maps;                ///< whose paths are members' extensions
  std::vector<LabelledOutline> outlines;    ///< with the class, as boxes
  int instance_mask = -1;                   ///< which mask has instances' numbers
  std::vector<augment::NamedValue> fields;  ///< of all other keys, as json_field() has them
  std::vector<std::string> unread;          ///< keys of nothing, and of further labels
  bool is_object = true;                    ///< else there are no keys
};

/// Reads `label` (or `class`, or `cls`), `label_shares` [[label, share], …] and, in pixels, `boxes` [[x0, y0,
/// x1, y1, label, instance], …], `rotated_boxes` [[x, y, width, height, degrees, label], …] and `keypoints`
/// [[x, y, number, visibility, instance], …]; `instance_mask` is the number of the mask that has instances'
/// numbers. `maps`, `polygons` and `polylines` are as in manifests. Other keys are fields, where they aren't
/// too long (record_values.h). NaN and Infinity, as Python writes them, are null. Throws Error for what isn't
/// JSON, and for a label, a share or a box that is none.
class ShardNoteReader {
 public:
  ShardNoteReader();
  ~ShardNoteReader();
  ShardNoteReader(ShardNoteReader&&) noexcept;
  ShardNoteReader& operator=(ShardNoteReader&&) noexcept;
  /// `is_number`: whether a key of this name is a number to learn or a weight, and no label.
  ShardNote read(const std::vector<unsigned char>& bytes,
                 const std::function<bool(std::string_view)>& is_number = {});

 private:
  struct Parser;  // simdjson's has another layout where it's compiled with other definitions
  std::unique_ptr<Parser> parser_;
};

}  // namespace doppel::dataset
