// What manifests say, an image (or a box) at a time, whatever they are written in.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "doppel/augment/plan/sample.h"
#include "kept_fields.h"
#include "labelled_outline.h"
#include "manifest_roles.h"
#include "map_file.h"

namespace doppel::dataset {

struct ManifestRow {
  std::size_t number = 0;  ///< of the line, or of the entry of a list, from 1
  std::string path, label, part;
  bool label_is_the_boxes = false;  ///< `label` was said of the boxes, not of the image
  struct LabelledBox {
    augment::Box box;  ///< without a label
    std::string label;
  };
  std::vector<LabelledBox> boxes;
  std::vector<LabelledOutline> outlines;
  std::vector<MapFile> maps;
  /// Gives the numbers that `said` holds: all, or none. Throws Error where it's some.
  void say_numbers(const std::vector<std::optional<double>>& said, const std::vector<std::string>& names);
  std::vector<std::pair<std::string, double>> shares;  ///< classes and their shares, where they're several
  Size size;                                           ///< of the image; 0 x 0 where it isn't said
  bool shows_none = false;                             ///< an empty list of classes: it shows none of them
  std::vector<double> numbers;                         ///< to learn; empty where it says none
  std::optional<double> weight;                        ///< 0 or more
  int frame = -1;                                      ///< of the file, from 0; -1: it's one image
  std::vector<augment::NamedValue> fields;             ///< what else it says
  /// Where both are known.
  void say_size(int width, int height) {
    if (width > 0 && height > 0) size = {height, width};
  }
  /// One name is the label; of several each is there in full. Each counts once.
  void list_labels(const std::vector<std::string>& names);
};

/// A side of an image, of what a field says; 0 where it says none, or no whole number of pixels.
int side_in(std::string_view field);
/// The number to learn that a column `name` says; nothing where it is blank or NaN. Throws Error for text.
std::optional<double> target_in(std::string_view field, std::string_view name);
/// The weight that a column `name` says; nothing where it is blank. Throws Error for what is no number of 0
/// or more.
std::optional<double> weight_in(std::string_view field, std::string_view name);
/// The frame of a file that a column `name` says; -1 where it is blank. Throws Error for what is no whole
/// number of 0 or more.
int frame_in(std::string_view field, std::string_view name);
/// "a; b": what several labels of one field are.
std::vector<std::string> labels_in(std::string_view field);

/// Boxes of Hugging Face's `objects` in a field: {"bbox": [[x, y, width, height], …], "categories": […]}, or
/// a list of objects with one of each. `not_used` is told of other keys. Throws Error.
void read_objects_text(std::string_view text, ManifestRow& row,
                       const std::function<void(const std::string&)>& not_used);

/// Reads one row after another.
class ManifestRows {
 public:
  virtual ~ManifestRows() = default;
  /// False at the end. Throws Error that begins with the row's place.
  virtual bool next(ManifestRow& row) = 0;
  virtual std::size_t bytes_read() const = 0;
  /// What rows are: "line", "entry".
  virtual std::string_view unit() const = 0;
  /// What says something in a row: "columns", "keys".
  virtual std::string_view fields() const = 0;
  /// Those of what was read that say nothing to us.
  virtual const std::vector<std::string>& unused() const = 0;
  /// Those of unused() whose values rows have as fields.
  virtual std::vector<std::string> kept() const = 0;
  /// What texts of those are, where that is known of all rows.
  virtual std::vector<std::pair<std::string, FieldKind>> kinds() const { return {}; }
  /// Those of unused() that were 0 or 1 in every row, as columns are that stand for a class each.
  virtual std::vector<std::string> flags() const { return {}; }
};

/// A table with a header line. The text must outlive it. Throws Error with line 1 where the header lacks
/// something.
std::unique_ptr<ManifestRows> table_rows(std::string_view text, const ManifestRoles& roles);
/// JSON: an object a line, or one list of objects. The text must outlive it. `line`: what people know lines
/// as.
std::unique_ptr<ManifestRows> json_rows(std::string_view text, const ManifestRoles& roles,
                                        std::string_view line = "line");

}  // namespace doppel::dataset
