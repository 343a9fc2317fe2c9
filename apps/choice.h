// Options that take one of several words, from one table of words and what they stand for.
#pragma once

#include <string_view>

#include "command.h"

namespace doppel::apps {

template <class T>
struct Meaning {
  std::string_view word;
  T value;
  std::string_view note = "";  ///< what help says of it
};

template <class T, std::size_t N>
Choice choice(const Meaning<T> (&table)[N], std::string initial) {
  Choice choice{.words = {}, .initial = std::move(initial)};
  for (const Meaning<T>& row : table) choice.words.push_back({std::string(row.word), std::string(row.note)});
  return choice;
}

/// What an option's word stands for; it was found among the table's when it was read.
template <class T, std::size_t N>
T chosen(const CommandLine& line, std::string_view option, const Meaning<T> (&table)[N]) {
  const auto word = line.get<std::string>(option);
  for (const Meaning<T>& row : table)
    if (row.word == word) return row.value;
  return table[0].value;
}

}  // namespace doppel::apps
