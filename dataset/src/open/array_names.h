// What arrays are for, by the names that people give them.
#pragma once

#include <optional>
#include <string_view>

#include "parts.h"

namespace doppel::dataset {

/// What a name says.
struct ArrayName {
  enum class Role { Images, Labels, ClassNames };
  std::optional<Role> role = {};
  std::optional<Part> part = {};
  bool is_plain = true;  ///< it says nothing else
  /// Of what it's called in its file, with slashes between groups: "train/x", "x_train", "val_labels",
  /// "set_a_images". The role is the last step's, the part any step's.
  static ArrayName of(std::string_view path);
};

}  // namespace doppel::dataset
