// What a COCO file says, as it says it: nothing is looked up yet.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "coco_outlines.h"
#include "doppel/augment/plan/sample.h"
#include "doppel/base/progress.h"
#include "doppel/dataset/sources/remark.h"
#include "json_value.h"

namespace doppel::dataset {

/// Numbers that stand for ids: themselves where they are whole, in whatever form (7, 7.0, "7"), else one for
/// each text.
class CocoIds {
 public:
  /// Throws Error where it's neither a number nor a text.
  std::int64_t of(JsonValue value);
  /// As people know it.
  std::string name(std::int64_t id) const;
  static bool is_text(std::int64_t id);

 private:
  std::unordered_map<std::string, std::int64_t> texts_;
  std::vector<std::string> names_;
};

struct CocoFile {
  struct Category {
    std::int64_t id = 0;
    std::string name;
  };
  struct Image {
    std::int64_t id = 0;
    std::string name;  ///< its `file_name`, or the `coco_url` of one that has none
    Size size{};       ///< 0 where it isn't said
  };
  struct Annotation {
    std::int64_t image = 0, category = 0;
    std::array<double, 4> box{};                 ///< left, top, right, bottom
    std::int64_t outline = CocoOutlines::kNone;  ///< in `outlines`
    std::size_t first_point = 0, points = 0;     ///< of `points`
    std::uint32_t place = 0;                     ///< in the file
    bool box_of_mask = false;                    ///< it has no `bbox`: its mask's is right, `box` only near
  };
  std::vector<Category> categories;
  std::vector<Image> images;
  std::vector<Annotation> annotations;  ///< without crowds
  CocoOutlines outlines;
  std::vector<augment::Keypoint> points;
  CocoIds ids;
  Remarks remarks;  ///< on what isn't read
};

/// Throws Error without the file's name, but with the place: "annotation 5: …". `progress` gets bytes.
CocoFile read_coco(const std::filesystem::path& file, const OnProgress& progress);

}  // namespace doppel::dataset
