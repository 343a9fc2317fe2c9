#include "manifest_unused.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "class_words.h"
#include "doppel/base/error.h"
#include "manifest_roles.h"
#include "text.h"

namespace doppel::dataset {
namespace {

/// "mask_path" and "BBox", but not "num_boxes".
bool looks_drawn(std::string_view name) {
  static constexpr std::array<std::string_view, 16> kDrawn{
      "annotation", "annotations", "bbox",          "bboxes",  "boxes",    "box",
      "bounding",   "mask",        "masks",         "polygon", "polygons", "segmentation",
      "keypoints",  "landmarks",   "encodedpixels", "rle"};
  bool drawn = false;
  for (const std::string_view word : alphanumeric_words(name)) {
    if (word == "id" || word == "area" || word == "type") return false;
    drawn = drawn || std::ranges::find(kDrawn, word) != kDrawn.end();
  }
  return drawn && !tells_how_many(name);
}

/// Boxes in columns of other names than ours.
std::vector<std::string> box_columns(const std::vector<std::string>& names) {
  std::vector<std::string> found;
  const auto corner = box_corner(names);
  if (!corner) return found;
  for (const std::string& name : names) {
    const std::string plain = lower(trimmed(name));
    if (plain == corner->first || plain == corner->second || is_box_extent(plain)) found.push_back(plain);
  }
  if (found.size() < 3) found.clear();
  return found;
}

}  // namespace

void check_unused(const ManifestRows& rows, bool has_boxes, bool has_classes) {
  const std::vector<std::string>& names = rows.unused();
  std::vector<std::string> drawn = box_columns(names);
  std::ranges::copy_if(names, std::back_inserter(drawn), looks_drawn);
  if (!has_boxes && !drawn.empty())
    throw Error(
        fmt::format("{} {}, which look like boxes or masks, aren't read: boxes are x0, y0, x1 and y1, in "
                    "pixels, or in JSON a list `boxes` or Hugging Face's `objects`; --ignore goes on without",
                    rows.fields(), fmt::join(drawn, ", ")));
  if (has_boxes || has_classes) return;
  std::vector<std::string> like = names_like_labels(names);
  if (like.empty() && rows.flags().size() > 1) like = rows.flags();
  if (!like.empty())
    throw Error(
        fmt::format("no labels are read, but {} {} look like some: labels are called label, class, target, "
                    "category, or, several of an image in one field, labels; --columns label=NAME says which "
                    "one it is, --ignore reads the images alone",
                    rows.fields(), fmt::join(like, ", ")));
}

}  // namespace doppel::dataset
