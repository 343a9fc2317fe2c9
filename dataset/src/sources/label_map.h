// Which number is which class, as files beside records say it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "class_words.h"
#include "doppel/dataset/sources/remark.h"

namespace doppel::dataset {

/// TensorFlow's object detection: item { id: 1 name: 'cat' display_name: 'Cat' } …; a display name counts.
/// Throws Error with the line where an item has no id or name, or two have one id.
std::map<std::int64_t, std::string> label_map(std::string_view pbtxt);

/// Of a .pbtxt as above, or of a text with a name a line, from 0 on or after its number: "0:daisy". Throws
/// Error.
std::map<std::int64_t, std::string> class_names_by_id(const std::filesystem::path& file);

/// Which class a file's number is; without such a file, numbers are words as others are.
class ClassIds {
 public:
  /// The class that comes next is `id`'s.
  void add(std::int64_t id) { class_of_[id] = static_cast<int>(class_of_.size()); }
  /// -1 is no class. Throws Error for a number that `file` lacks.
  int of(std::int64_t id, const std::filesystem::path& file, ClassWords& words, Remarks& remarks) const;

 private:
  std::map<std::int64_t, int> class_of_;
};

}  // namespace doppel::dataset
