#include "array_names.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "sources/text.h"

namespace doppel::dataset {
namespace {

using ArrayRole = ArrayName::Role;

constexpr std::array<std::string_view, 12> kImageWords{"x",      "image",   "images", "img",
                                                       "imgs",   "data",    "pixels", "pictures",
                                                       "photos", "samples", "inputs", "features"};
constexpr std::array<std::string_view, 9> kLabelWords{"y",     "label",   "labels",   "target",    "targets",
                                                      "class", "classes", "category", "categories"};

bool is_one_of(std::string_view word, const auto& words) {
  return std::ranges::find(words, word) != words.end();
}

std::optional<ArrayRole> role_of(std::string_view word) {
  if (is_one_of(word, kLabelWords)) return ArrayRole::Labels;
  if (is_one_of(word, kImageWords)) return ArrayRole::Images;
  return {};
}

/// "xtrain" and "trainimages" as two words.
std::optional<std::pair<ArrayRole, Part>> both_in(std::string_view word) {
  const auto look = [&](const auto& words, ArrayRole role) -> std::optional<std::pair<ArrayRole, Part>> {
    for (const std::string_view known : words) {
      if (word.starts_with(known))
        if (const auto part = part_named(word.substr(known.size()))) return std::pair(role, *part);
      if (word.ends_with(known))
        if (const auto part = part_named(word.substr(0, word.size() - known.size())))
          return std::pair(role, *part);
    }
    return {};
  };
  if (const auto labels = look(kLabelWords, ArrayRole::Labels)) return labels;
  return look(kImageWords, ArrayRole::Images);
}

/// What one step of the path says.
ArrayName of_step(std::string_view step) {
  ArrayName name;
  bool names = false;
  const auto take_role = [&](ArrayRole role) {
    // "image_labels" are labels.
    if (!name.role || role == ArrayRole::Labels) name.role = role;
  };
  for (const std::string& word : alphanumeric_words(step)) {
    if (const auto role = role_of(word)) {
      take_role(*role);
    } else if (const auto part = part_named(word)) {
      name.part = part;
    } else if (const auto both = both_in(word)) {
      take_role(both->first);
      name.part = both->second;
    } else if (word == "names" || word == "name" || word == "classnames" || word == "labelnames") {
      names = true;
      if (word.size() > 5) name.role = ArrayRole::Labels;
    } else {
      name.is_plain = false;
    }
  }
  if (!names) return name;
  // "class_names" and "label_names", but not "image_names".
  if (name.role == ArrayRole::Labels)
    name.role = ArrayRole::ClassNames;
  else
    name.role.reset();
  return name;
}

}  // namespace

ArrayName ArrayName::of(std::string_view path) {
  const std::size_t last = path.rfind('/');
  ArrayName name = of_step(path.substr(last == path.npos ? 0 : last + 1));
  for (std::size_t end = last; end != path.npos && !name.part;) {
    const std::size_t begin = end == 0 ? path.npos : path.rfind('/', end - 1);
    const std::size_t from = begin == path.npos ? 0 : begin + 1;
    name.part = of_step(path.substr(from, end - from)).part;
    end = begin;
  }
  return name;
}

}  // namespace doppel::dataset
