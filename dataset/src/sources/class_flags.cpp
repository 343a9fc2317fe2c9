#include "class_flags.h"

#include "text.h"

namespace doppel::dataset {

std::size_t ClassFlags::add(std::string name) {
  columns_.push_back({.name = std::move(name)});
  return columns_.size() - 1;
}

void ClassFlags::say(std::size_t column, std::string_view text) {
  Column& one = columns_[column];
  if (one.says_more) return;
  const std::string_view word = trimmed(text);
  if (word.empty()) return;
  one.is_said = true;
  const auto number = whole_number(word);
  if (number == 0 || number == 1) return;
  const std::string plain = lower(word);
  one.says_more = plain != "true" && plain != "false";
}

std::vector<std::string> ClassFlags::names() const {
  std::vector<std::string> found;
  for (const Column& column : columns_)
    if (column.is_said && !column.says_more) found.push_back(column.name);
  return found;
}

}  // namespace doppel::dataset
