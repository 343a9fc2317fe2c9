// Lists of files with labels and boxes: tables (CSV), JSON lines, and lists of JSON objects.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "doppel/augment/plan/sample.h"
#include "doppel/base/progress.h"
#include "doppel/dataset/sources/file_source.h"

namespace doppel::dataset {

class ManifestValues;
struct ManifestDrawn;

/// How a manifest is read.
struct ManifestOptions {
  /// Our name of a column (of a key) to theirs: path, label, labels, x0, y0, x1, y1, box_label, boxes,
  /// objects, part, width, height. {{"label", "diagnosis"}}: the column diagnosis is the label, whatever else
  /// there is. Only so are there numbers to learn, {{"target", "age+height"}}, one or several, and weights of
  /// samples, {{"weight", "w"}}, and frames, {{"frame", "slice"}}: which page of a TIFF, frame of a DICOM or
  /// slice of a NIfTI, from 0, a row is about. Rows of one file and of other frames are other images.
  std::map<std::string, std::string> columns = {};
  /// The folder below which all files lie; empty: the manifest's. Where it is given, a path that isn't there
  /// (an absolute one, one of another machine) is looked for: the longest of its ends that is there is taken.
  std::filesystem::path root = {};
  /// "train", "val" or "test": only images of that part, numbered as in the whole. Empty: all.
  std::string part = {};
  bool minus_one_is_none = false;  ///< a label of -1 is none, also where no 0 is beside it
  bool ignore_labels = false;      ///< what looks like labels and isn't read is no error
};

/// A table with a header line (fields between commas, or semicolons or tabs where it has no comma), one JSON
/// object a line, or a list of such objects. Names of columns (of keys) are taken in any case, blanks around
/// names and fields are cut. Columns: `path` (or file, filename, image, file_name …); `label` (or class,
/// target, category …); boxes in pixels as x0, y0, x1, y1 (or xmin, ymin, xmax, ymax, or x1, y1, x2, y2) with
/// box_label, without which the label is the box's; `width` and `height`, which the upright image must have;
/// `split` (or subset, part, set) where it names parts;
/// without it the folders that paths lead through, where all are called as parts.
/// A JSON object may hold `maps: {depth: file, …}` (see FloatMap), `polygons: [[x, y, x, y, …], …]`,
/// `polylines`, `boxes: [[x0, y0, x1, y1, label], …]`, Hugging Face's `objects: {bbox: [[x, y,
/// width, height], …], categories: […]}`, and `label: {name: share, …}` for a soft label. Several labels (a
/// column `labels` with a;b, a JSON list) are each there in full, and an empty list is none of the classes.
/// All that is said of one path, wherever it stands, is one image's. Backslashes are slashes. Classes are
/// numbered by value where all are numbers, else by name; 1.0 is 1.
///
/// Columns (keys) that say none of this are kept as Sample::fields: whole numbers, numbers or text, as all of
/// a column are. An empty number to learn is none; an empty weight is 1.
///
/// Remarks: columns that are kept or aren't used, images without a class where others have one, repeated
/// lines, labels that look like ids, corners put in order, paths that were looked for.
class Manifest final : public FileSource {
 public:
  /// `progress` gets the bytes read, of all.
  /// Throws Error with the file's name, the line (the entry of a list), and what is wrong: two labels or
  /// parts of one image, columns that look like labels and aren't read, labels that are numbers with
  /// fractions, numbers to learn that are text, weights that are negative, no numbers or all 0, boxes in
  /// shares of the image, paths that leave the root; UsageError for an option that names
  /// nothing of ours.
  explicit Manifest(const std::filesystem::path& file, const OnProgress& progress = {},
                    const ManifestOptions& options = {});

  ~Manifest() override;
  std::vector<std::string> number_names() const override;
  std::vector<double> numbers(std::size_t index) const override;

  /// Which of train, val and test the manifest's column of parts names, in that order (training and valid,
  /// validation, dev, and testing are the same); empty where there is no such column. Of all its lines,
  /// whatever `part` was opened.
  const std::vector<std::string>& parts() const { return parts_; }

  /// The files of its images' maps, each once for every image that has it.
  std::vector<std::string> map_files() const;

  /// Whether a file can be one: by its ending (.csv, .tsv, .jsonl, .ndjson), or .json that holds a list.
  static bool is_manifest(const std::filesystem::path& file);

  std::vector<augment::LabelShare> label_shares(std::size_t index) const override {
    return facts_[index].shares;
  }
  std::vector<int> object_labels(std::size_t index) const override;

 private:
  struct Facts {
    std::vector<augment::Box> boxes;
    std::vector<augment::LabelShare> shares;
    Size size;                                  ///< 0 x 0 where it isn't said
    std::shared_ptr<ManifestDrawn> drawn = {};  ///< null where there is nothing of it
  };
  struct Builder;
  void annotate(std::size_t index, Item& item) const override;

  std::vector<Facts> facts_;
  std::vector<std::string> parts_;
  std::unique_ptr<ManifestValues> values_;
};

}  // namespace doppel::dataset
