#include "names.h"

#include <fmt/format.h>

#include <algorithm>

#include "doppel/dataset/sources/file_source.h"
#include "sources/text.h"

namespace doppel::dataset::write {
namespace {

constexpr std::size_t kLongest = 60;

bool stays(unsigned char c) {
  return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         c == '-' || c == '_';
}

/// The name that this would be a copy of, as "cat" of "cat_02"; empty where it looks like none.
std::string copied_name(const std::string& stem) {
  const std::size_t line = stem.rfind('_');
  if (line == std::string::npos || line + 1 == stem.size()) return "";
  const bool digits = std::all_of(stem.begin() + static_cast<std::ptrdiff_t>(line) + 1, stem.end(),
                                  [](char c) { return c >= '0' && c <= '9'; });
  return digits ? stem.substr(0, line) : "";
}

}  // namespace

std::string stem_of(std::string_view source_name) {
  const std::string whole = stem_of_name(source_name);
  std::string stem;
  for (const char c : whole) stem += stays(static_cast<unsigned char>(c)) ? c : '_';
  if (stem.size() > kLongest) {
    std::size_t end = kLongest;
    while (end > 0 && (static_cast<unsigned char>(stem[end]) & 0xC0) == 0x80) --end;  // within a letter
    stem.resize(end);
  }
  return stem.empty() ? "image" : stem;
}

StemList::StemList(const Source& source, int copies, std::unordered_set<std::string>& taken)
    : digits_(std::max(2, static_cast<int>(std::to_string(copies).size()))) {
  stems_.reserve(source.size());
  std::unordered_set<std::string> plain;
  for (std::size_t i = 0; i < source.size(); ++i) {
    stems_.push_back(stem_of(source.name(i)));
    plain.insert(lower(stems_.back()));
  }
  for (std::size_t i = 0; i < stems_.size(); ++i) {
    std::string& stem = stems_[i];
    // One that could be another's copy keeps its name only if there is no such other.
    const std::string copied = lower(copied_name(stem));
    const bool looks_copied = !copied.empty() && (plain.contains(copied) || taken.contains(copied));
    for (int turn = 0; (turn == 0 && looks_copied) || taken.contains(lower(stem)); ++turn)
      stem = fmt::format("{}-{:06}{}", stem_of(source.name(i)), i, turn > 0 ? fmt::format("-{}", turn) : "");
    taken.insert(lower(stem));
  }
}

std::string StemList::image(std::size_t index, int copy) const {
  return copy == 0 ? stems_[index] : fmt::format("{}_{:0{}}", stems_[index], copy, digits_);
}

}  // namespace doppel::dataset::write
