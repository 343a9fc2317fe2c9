#include "csv.h"

#include <fmt/format.h>

#include "doppel/base/error.h"
#include "text.h"

namespace doppel::dataset {

char separator_of(std::string_view text) {
  bool quoted = false;
  std::size_t semicolons = 0, tabs = 0;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == ',') return ',';
    if (c == '\n' || c == '\r') break;
    semicolons += c == ';';
    tabs += c == '\t';
  }
  if (semicolons == 0 && tabs == 0) return ',';
  return tabs > semicolons ? '\t' : ';';
}

bool CsvReader::next(std::vector<std::string>& fields) {
  fields.clear();
  line_ = next_line_;
  if (at_ >= text_.size()) return false;
  std::string inside, outside;  // of quotes
  bool quoted = false, was_quoted = false;
  const auto end_field = [&] {
    fields.push_back(inside + std::string(trimmed(outside)));
    inside.clear(), outside.clear();
    was_quoted = false;
  };
  while (true) {
    if (at_ >= text_.size()) {
      if (quoted) throw Error(fmt::format("line {}: a quote is never closed", line_));
      break;
    }
    const char c = text_[at_++];
    const bool line_ends = c == '\n' || (c == '\r' && text_.substr(at_, 1) != "\n");
    if (line_ends) ++next_line_;
    if (quoted) {
      if (c != '"')
        inside += c;
      else if (text_.substr(at_, 1) == "\"")
        inside += text_[at_++];
      else
        quoted = false;
    } else if (c == separator_) {
      end_field();
    } else if (line_ends) {
      break;
    } else if (c == '"' && !was_quoted && trimmed(outside).empty()) {
      quoted = was_quoted = true;
      outside.clear();
    } else {
      outside += c;  // a "\r" before "\n" is cut as a blank
    }
  }
  end_field();
  return true;
}

}  // namespace doppel::dataset
