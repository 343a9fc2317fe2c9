// Columns that stand for a class each: 0 or 1, true or false in every row ("one-hot").
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace doppel::dataset {

class ClassFlags {
 public:
  /// A column without a role; its number.
  std::size_t add(std::string name);
  /// What a row says in it. Blanks say nothing.
  void say(std::size_t column, std::string_view text);
  /// Those that have said nothing but yes or no, and said it at least once.
  std::vector<std::string> names() const;

 private:
  struct Column {
    std::string name;
    bool says_more = false, is_said = false;
  };
  std::vector<Column> columns_;
};

}  // namespace doppel::dataset
