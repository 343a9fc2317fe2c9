// Classes as records name them one by one: words that become numbers when all are known, or numbers of known
// names.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "doppel/dataset/sources/remark.h"

namespace doppel::dataset {

class ClassWords {
 public:
  ClassWords() = default;
  /// The class names, where something said them: words are then their numbers, or they themselves.
  explicit ClassWords(std::vector<std::string> names);
  bool has_names() const { return has_names_; }
  /// The number of a class's word until finish(); -1, which means no class, of an empty one and of -1, which
  /// is remarked on. Throws Error where names are known and this is none of them.
  int of(std::string_view word, Remarks& remarks);
  /// The same of a number, which is never a name where names are known.
  int of(std::int64_t number, Remarks& remarks);
  const std::string& text(int number) const { return words_[static_cast<std::size_t>(number)]; }
  std::size_t size() const { return words_.size(); }
  /// Each number's class, of those that are `used`. Where all words are whole numbers from 0 to 999,999 they
  /// keep their values; else they are names, numbered in order.
  std::vector<int> finish(const std::vector<bool>& used, Remarks& remarks);
  /// The classes' names, once finished.
  const std::vector<std::string>& names() const { return words_; }

 private:
  std::vector<std::string> words_;
  std::unordered_map<std::string, int> numbers_;
  bool has_names_ = false;
};

/// "num_boxes", "has_mask": how many there are, or whether, but not what.
bool tells_how_many(std::string_view name);
/// Names of columns, keys or arrays that look as if they said what images show.
std::vector<std::string> names_like_labels(const std::vector<std::string>& columns);

}  // namespace doppel::dataset
