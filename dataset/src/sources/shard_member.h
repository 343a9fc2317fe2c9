// What a member of a WebDataset shard is, by its name.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace doppel::dataset {

/// A member's key and extension, which the first dot of its last component parts; the extension is empty
/// where there is none.
std::pair<std::string_view, std::string_view> key_and_extension(std::string_view name);

/// Nobody's data: leftovers of systems in any folder (is_leftover), and names of metadata as `__info__`.
bool is_passed_by(std::string_view name);

/// What an extension says, by its last part: "image.jpg" is a JPEG.
struct ShardExtension {
  enum class Kind { Image, Mask, Map, Class, Json, Unread };

  /// Of an extension in any case.
  explicit ShardExtension(std::string_view extension);
  /// This one is taken where a sample has both: `image.` before nothing, before other words; then by format.
  friend bool operator<(const ShardExtension& a, const ShardExtension& b) {
    return std::pair(a.standing, std::string_view(a.text)) < std::pair(b.standing, std::string_view(b.text));
  }

  std::string text;  ///< in lower case
  Kind kind = Kind::Unread;
  bool may_be_image = false;  ///< an array, where a sample has no image and no map is called so
  int standing = 0;           ///< among those of its kind: the least comes first
  std::string remark;         ///< what to say of one that isn't taken
};

}  // namespace doppel::dataset
