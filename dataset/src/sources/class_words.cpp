#include "class_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <numeric>
#include <tuple>

#include "doppel/base/error.h"
#include "text.h"

namespace doppel::dataset {
namespace {

constexpr std::int64_t kMostNumbers = 1'000'000;

}  // namespace

ClassWords::ClassWords(std::vector<std::string> names) : words_(std::move(names)), has_names_(true) {
  for (std::size_t i = 0; i < words_.size(); ++i) numbers_.try_emplace(words_[i], static_cast<int>(i));
}

int ClassWords::of(std::string_view name, Remarks& remarks) {
  if (name.empty()) return -1;
  const auto [found, is_new] = numbers_.try_emplace(std::string(name), -1);
  if (is_new) {
    const auto number = whole_number(name);
    if (has_names_ && number != -1) {
      if (!number || *number < 0 || *number >= std::ssize(words_)) {
        numbers_.erase(found);
        throw Error(fmt::format("the label '{}' is none of the {} classes", name, words_.size()));
      }
      found->second = static_cast<int>(*number);
    } else if (number != -1) {
      found->second = static_cast<int>(words_.size());
      words_.emplace_back(name);
    }
  }
  if (found->second < 0) remarks.add("labels of -1, which are taken as none");
  return found->second;
}

int ClassWords::of(std::int64_t number, Remarks& remarks) {
  if (!has_names_ || number == -1) return of(std::to_string(number), remarks);
  if (number < 0 || number >= std::ssize(words_))
    throw Error(fmt::format("the label {}, but there are {} classes", number, words_.size()));
  return static_cast<int>(number);
}

std::vector<int> ClassWords::finish(const std::vector<bool>& used, Remarks& remarks) {
  std::vector<int> number_of(words_.size(), -1);
  numbers_ = {};
  if (has_names_) {
    std::iota(number_of.begin(), number_of.end(), 0);
    return number_of;
  }
  struct Word {
    std::int64_t number;  ///< where it is one that can be a class
    std::string text;
    std::size_t place;
  };
  std::vector<Word> words;
  std::size_t numbers = 0;
  for (std::size_t i = 0; i < words_.size(); ++i) {
    if (!used[i]) continue;
    const auto number = whole_number(words_[i]);
    const bool is_class = number && *number >= 0 && *number < kMostNumbers;
    numbers += is_class;
    words.push_back({is_class ? *number : kMostNumbers, std::move(words_[i]), i});
  }
  std::ranges::sort(words, {}, [](const Word& word) { return std::tie(word.number, word.text); });
  words_.clear();
  if (numbers == words.size()) {
    for (const Word& word : words) number_of[word.place] = static_cast<int>(word.number);
    const std::int64_t most = words.empty() ? -1 : words.back().number;
    for (std::int64_t k = 0; k <= most; ++k) words_.push_back(std::to_string(k));
    return number_of;
  }
  if (numbers > 0)
    remarks.say(
        fmt::format("classes are taken as names, not numbers: {} of {} are no whole number from 0 to {}, "
                    "as '{}'",
                    words.size() - numbers, words.size(), kMostNumbers - 1, words[numbers].text));
  for (Word& word : words) {
    number_of[word.place] = static_cast<int>(words_.size());
    words_.push_back(std::move(word.text));
  }
  return number_of;
}

bool tells_how_many(std::string_view name) {
  const std::vector<std::string> words = alphanumeric_words(name);
  if (words.size() < 2) return false;
  return words.front() == "num" || words.front() == "n" || words.front() == "has" ||
         words.back() == "count" || words.back() == "counts";
}

std::vector<std::string> names_like_labels(const std::vector<std::string>& names) {
  static constexpr std::array<std::string_view, 11> kWords{"label", "class",   "categor", "target",
                                                           "bbox",  "boxes",   "object",  "annotation",
                                                           "mask",  "segment", "keypoint"};
  std::vector<std::string> like;
  std::ranges::copy_if(names, std::back_inserter(like), [](const std::string& name) {
    return !tells_how_many(name) && std::ranges::any_of(kWords, [&](std::string_view word) {
      return lower(name).find(word) != std::string::npos;
    });
  });
  return like;
}

}  // namespace doppel::dataset
