// Comma-separated values (RFC 4180), and what spreadsheets make of them: quotes, doubled quotes, line ends in
// quotes, any line end, semicolons or tabs instead of commas, blanks around fields.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace doppel::dataset {

/// What stands between the fields of a table's first line: a comma where it has one, else a semicolon or a
/// tab.
char separator_of(std::string_view text);

/// Reads record by record. Blanks around fields are cut; those inside quotes are kept.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text, char separator = ',') : text_(text), separator_(separator) {}
  /// False at the end. Throws Error for a quote that isn't closed.
  bool next(std::vector<std::string>& fields);
  /// The line where the last record began, from 1.
  std::size_t line() const { return line_; }
  /// How many bytes were read.
  std::size_t place() const { return at_; }

 private:
  std::string_view text_;
  char separator_;
  std::size_t at_ = 0, line_ = 0, next_line_ = 1;
};

}  // namespace doppel::dataset
