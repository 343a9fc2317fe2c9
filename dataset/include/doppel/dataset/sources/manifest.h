// Lists of files with labels and boxes: CSV and JSON lines.
#pragma once

#include <array>

#include "doppel/augment/plan/sample.h"
#include "doppel/base/progress.h"
#include "doppel/dataset/sources/file_source.h"

namespace doppel::dataset {

/// A table with a header line, or one JSON object a line. Columns (fields): `path` (or file, filename,
/// image), relative to the manifest's folder; `label` (or class, target); boxes in pixels as x0, y0, x1, y1
/// (or xmin, ymin, xmax, ymax) with box_label. Several CSV lines of one path are one picture with several
/// boxes; a JSON line may hold `boxes: [[x0, y0, x1, y1, label], …]` instead, and `labels: {name: share, …}`
/// for a soft label. Several labels (a CSV column `labels` with a;b, a JSON list) share the picture equally.
/// Classes are numbered by value where all are numbers, else by name.
class Manifest final : public FileSource {
 public:
  /// Throws Error with the file's name, the line, and what is wrong.
  /// `progress` gets the bytes read, of all.
  explicit Manifest(const std::filesystem::path& file, const OnProgress& progress = {});

 private:
  struct Facts {
    std::vector<augment::Box> boxes;
    std::vector<augment::LabelShare> shares;
  };
  struct Row;
  void read_csv(const std::string& text, const OnProgress& progress);
  void read_json_lines(const std::string& text, const OnProgress& progress);
  void take(const Row& row);
  void annotate(std::size_t index, Item& item) const override;

  std::vector<Facts> facts_;
};

}  // namespace doppel::dataset
