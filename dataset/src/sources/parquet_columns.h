// Which column of a Parquet file says what, by its name, its type, and what Hugging Face's `datasets` notes
// of it.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parquet_footer.h"

namespace doppel::dataset {

/// Leaves by their numbers in the footer.
struct ParquetColumns {
  std::size_t image = 0;
  std::vector<std::size_t> masks;  ///< images of class numbers
  std::optional<std::size_t> label, labels;
  std::optional<std::size_t> boxes, box_labels;     ///< of objects
  std::vector<std::string> label_names, box_names;  ///< of their classes, where they are noted
  std::vector<std::size_t> values;                  ///< others of numbers or texts, one a row
  std::vector<std::size_t> lists;                   ///< others of lists of numbers
  std::vector<std::string> unused;                  ///< names of the other columns, those too
  /// The same columns by their names, for files that must agree.
  std::string text(const ParquetFooter& footer) const;
};

/// `given`: the names that a user gave the columns "path" (the image) and "label". Throws Error, without
/// the path, where no column has images, a given one isn't there, or notes are no JSON.
/// `is_number`: whether a column of this name is numbers to learn or weights, and so no label.
ParquetColumns parquet_columns(const ParquetFooter& footer, const std::map<std::string, std::string>& given,
                               const std::function<bool(std::string_view)>& is_number);

/// The names of a leaf's classes, where `datasets` notes them. Throws Error as parquet_columns().
std::vector<std::string> parquet_class_names(const ParquetFooter& footer, const ParquetLeaf& leaf);
/// What a leaf is called within its column, without what lists put into it: "bbox" of
/// objects.bbox.list.element; empty where it is the column.
std::string parquet_key_within(const ParquetLeaf& leaf);

}  // namespace doppel::dataset
