// What a manifest says of its images in numbers to learn, weights and fields.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kept_fields.h"
#include "manifest_rows.h"

namespace doppel::dataset {

class ManifestValues {
 public:
  /// What the numbers to learn are called; none: there are none to learn.
  void set_names(std::vector<std::string> names) { names_ = std::move(names); }
  const std::vector<std::string>& names() const { return names_; }
  /// What a row says of image `i`; the rows of new images come in the order of the images. Throws Error where
  /// two rows say two things.
  void take(const ManifestRow& row, std::size_t i);
  /// What was met in rows.
  struct Names {
    std::string_view what;               ///< "columns", "keys"
    std::vector<std::string> kept = {};  ///< of fields
    std::vector<std::string> unused = {};
    std::vector<std::pair<std::string, FieldKind>> kinds = {};  ///< what texts of fields are
  };
  /// Once all rows were taken. Throws Error where all weights are 0.
  void finish(const Names& names, Remarks& remarks);
  /// Image `from` becomes image `to`.
  void move(std::size_t from, std::size_t to);
  /// The numbers of an image; empty where it has none.
  std::vector<double> numbers(std::size_t i) const;
  /// Whether any image has numbers.
  bool has_numbers() const;
  /// What is known of an image.
  void annotate(std::size_t i, augment::Sample& sample) const;

 private:
  void take_numbers(const ManifestRow& row, std::size_t i);
  void take_weight(const ManifestRow& row, std::size_t i);
  void take_fields(const ManifestRow& row, std::size_t i);

  std::vector<std::string> names_;
  std::vector<double> numbers_;  ///< as many as names for each image; NaN where it has none
  std::vector<double> weights_;  ///< of the first images; those after them weigh 1
  KeptFields fields_;
  std::vector<std::string_view> kept_;  ///< of each image
  std::vector<std::string> differing_;  ///< names of fields that differ between rows of one image
  bool has_weights_ = false;
};

}  // namespace doppel::dataset
