// Which part, train, val or test, a manifest's images are of.
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

#include "doppel/base/error.h"
#include "manifest_builder.h"
#include "text.h"

namespace doppel::dataset {
namespace {

constexpr std::array<std::string_view, 3> kPartNames{"train", "val", "test"};

/// Which of kPartNames a word means; `none` where it is blank, `unknown` where it is none of them.
int part_called(std::string_view word, int none, int unknown) {
  static constexpr std::array<std::pair<std::string_view, int>, 9> kWords{{{"train", 0},
                                                                           {"training", 0},
                                                                           {"val", 1},
                                                                           {"valid", 1},
                                                                           {"validation", 1},
                                                                           {"validate", 1},
                                                                           {"dev", 1},
                                                                           {"test", 2},
                                                                           {"testing", 2}}};
  const std::string plain = lower(trimmed(word));
  if (plain.empty()) return none;
  const auto found = std::ranges::find(kWords, plain, &std::pair<std::string_view, int>::first);
  return found == kWords.end() ? unknown : found->second;
}

}  // namespace

void Manifest::Builder::take_part(const ManifestRow& row, std::size_t i) {
  const int part = part_called(row.part, kNoPart, kUnknownPart);
  Image& image = images[i];
  if (part == kNoPart) return;
  if (part == kUnknownPart) {
    constexpr std::size_t kMost = 8;
    const std::string word = unknown_parts.size() < kMost ? std::string(trimmed(row.part)) : "…";
    const auto known = std::ranges::find(unknown_parts, word);
    if (image.part < 0)
      image.part = part, image.word = static_cast<std::size_t>(known - unknown_parts.begin());
    if (known == unknown_parts.end()) unknown_parts.push_back(word);
    return;
  }
  if (image.part >= 0 && image.part != part)
    throw Error(fmt::format("'{}' belongs to {} here, but to {} at {}", manifest.files_[i].path,
                            kPartNames[static_cast<std::size_t>(part)],
                            kPartNames[static_cast<std::size_t>(image.part)], place(image.part_at)));
  image.part = part;
  image.part_at = row.number;
}

/// Where no column says it and every path leads through a folder that is called as a part, these are the
/// parts: train/1.png, test/2.png.
void Manifest::Builder::parts_by_folders() {
  std::vector<int> found;
  std::array<bool, kPartNames.size()> met{};
  for (const File& file : manifest.files_) {
    int part = kUnknownPart;
    std::string_view path = file.path;
    for (std::size_t slash = path.find('/'); slash != path.npos && part < 0; slash = path.find('/')) {
      part = part_called(path.substr(0, slash), kNoPart, kUnknownPart);
      path.remove_prefix(slash + 1);
    }
    if (part < 0) return;
    met[static_cast<std::size_t>(part)] = true;
    found.push_back(part);
  }
  if (!met[0] || std::ranges::count(met, true) < 2) return;
  for (std::size_t i = 0; i < images.size(); ++i) images[i].part = found[i];
  manifest.remarks_.say("parts are those that the folders of its paths are called as");
}

void Manifest::Builder::find_parts() {
  if (std::ranges::all_of(images, [](const Image& one) { return one.part == kNoPart; })) parts_by_folders();
  if (!unknown_parts.empty() &&
      std::ranges::none_of(images, [](const Image& one) { return one.part >= 0; })) {
    manifest.remarks_.say(
        fmt::format("the column of parts isn't used: it holds '{}', where train, val or test would be a part",
                    unknown_parts[0]));
    return;
  }
  std::array<bool, kPartNames.size()> met{};
  for (const Image& image : images)
    if (image.part >= 0) met[static_cast<std::size_t>(image.part)] = true;
  for (std::size_t part = 0; part < met.size(); ++part)
    if (met[part]) manifest.parts_.emplace_back(kPartNames[part]);
  for (std::size_t i = 0; i < images.size() && !manifest.parts_.empty(); ++i)
    if (images[i].part == kUnknownPart)
      manifest.remarks_.add(fmt::format("images of the part '{}', which isn't used: it is none of train, val "
                                        "and test",
                                        unknown_parts[images[i].word]),
                            place_of(i, images[i].first));
    else if (images[i].part < 0)
      manifest.remarks_.add("images of no part, while others have one", place_of(i, images[i].first));
}

void Manifest::Builder::keep_part(const std::string& wanted) {
  const int part = part_called(wanted, kNoPart, kUnknownPart);
  if (part < 0)
    throw UsageError(fmt::format("'{}' is no part of a manifest; train, val and test are", wanted));
  if (std::ranges::find(manifest.parts_, kPartNames[static_cast<std::size_t>(part)]) == manifest.parts_.end())
    throw Error(
        fmt::format("no image is of the part '{}' (parts are: {})", wanted,
                    manifest.parts_.empty() ? "none" : fmt::format("{}", fmt::join(manifest.parts_, ", "))));
  std::size_t kept = 0;
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (images[i].part != part) continue;
    if (kept != i) {
      manifest.files_[kept] = std::move(manifest.files_[i]);
      manifest.facts_[kept] = std::move(manifest.facts_[i]);
      manifest.values_->move(i, kept);
    }
    ++kept;
  }
  manifest.files_.resize(kept);
  manifest.facts_.resize(kept);
}

}  // namespace doppel::dataset
