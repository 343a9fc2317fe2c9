#include "csv.h"

#include <fmt/format.h>

#include "doppel/base/error.h"

namespace doppel::dataset {

bool CsvReader::next(std::vector<std::string>& fields) {
  fields.clear();
  line_ = next_line_;
  if (at_ >= text_.size()) return false;
  std::string field;
  bool quoted = false;
  while (true) {
    if (at_ >= text_.size()) {
      if (quoted) throw Error(fmt::format("line {}: a quote is never closed", line_));
      break;
    }
    const char c = text_[at_++];
    if (c == '\n') ++next_line_;
    if (quoted) {
      if (c != '"')
        field += c;
      else if (at_ < text_.size() && text_[at_] == '"')
        field += text_[at_++];
      else
        quoted = false;
    } else if (c == '"' && field.empty()) {
      quoted = true;
    } else if (c == ',') {
      fields.push_back(std::move(field));
      field.clear();
    } else if (c == '\n') {
      break;
    } else if (c != '\r' || at_ >= text_.size() || text_[at_] != '\n') {
      field += c;
    }
  }
  fields.push_back(std::move(field));
  return true;
}

}  // namespace doppel::dataset
