// Comma-separated values (RFC 4180): quotes, doubled quotes, line ends in quotes, CRLF.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace doppel::dataset {

/// Reads record by record.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : text_(text) {}
  /// False at the end. Throws Error for a quote that isn't closed.
  bool next(std::vector<std::string>& fields);
  /// The line where the last record began, from 1.
  int line() const { return line_; }
  /// How many bytes were read.
  std::size_t place() const { return at_; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 0, next_line_ = 1;
};

}  // namespace doppel::dataset
