#include "coco_images.h"

#include <fmt/format.h>

#include <algorithm>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "moved_path.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// Words that may name the images' folder: the whole of "instances_train2017", then its parts, the last
/// first.
std::vector<std::string> words_of_stem(std::string stem) {
  std::vector<std::string> words{stem};
  for (std::size_t cut = stem.rfind('_'); cut != stem.npos; cut = stem.rfind('_')) {
    words.push_back(stem.substr(cut + 1));
    stem.resize(cut);
    words.push_back(stem);
  }
  std::erase_if(words, [](const std::string& word) { return word.empty() || word == "." || word == ".."; });
  return words;
}

fs::path folder_above(const fs::path& folder) {
  if (folder.empty()) return "..";
  const fs::path last = folder.filename();
  return last == "." || last == ".." ? folder / ".." : folder.parent_path();
}

bool leads_up(const std::string& name) {
  return name == ".." || name.starts_with("../") || name.ends_with("/..") || name.find("/../") != name.npos;
}

std::vector<fs::path> usual_places(const fs::path& json) {
  const fs::path beside = json.parent_path();
  std::vector<fs::path> places;
  for (const fs::path& base : {beside, folder_above(beside)}) {
    for (const std::string& word : words_of_stem(json.stem().string()))
      for (const char* inside : {"", "images"}) places.push_back(base / inside / word);
    for (const char* usual : {"images", "JPEGImages", "data"}) places.push_back(base / usual);
  }
  std::erase_if(places, [&](const fs::path& place) { return !is_folder(place); });
  places.push_back(beside);
  places.push_back(folder_above(beside));
  return places;
}

}  // namespace

CocoImages::CocoImages(const fs::path& json, const fs::path& images) {
  if (!images.empty() && !is_folder(images))
    throw Error(fmt::format("there is no folder {}", images.string()));
  std::vector<fs::path> places{images};
  if (images.empty()) places = usual_places(json);
  for (const fs::path& place : places) folders_.push_back(place.empty() ? "" : (place / "").string());
}

bool CocoImages::is_folder(std::string path) {
  const auto [at, is_new] = known_folders_.emplace(std::move(path), false);
  if (is_new) at->second = doppel::is_folder(at->first);
  return at->second;
}

std::optional<std::string> CocoImages::in_folders(const std::string& name) {
  if (name.empty() || name.starts_with('/') || leads_up(name)) return {};
  const std::size_t slash = name.rfind('/');
  for (const std::string& folder : folders_) {
    // Names of a folder that isn't there are many: asked once.
    if (slash != name.npos && !is_folder(folder + name.substr(0, slash))) continue;
    if (std::string path = folder + name; is_file(path)) return one_name_of(std::move(path));
  }
  return {};
}

std::string CocoImages::find_one(const std::string& name, Remarks& remarks) {
  std::string slashed = name;
  if (name.find('\\') != name.npos) {
    if (auto path = in_folders(name)) return *path;  // a backslash may be part of a name
    std::ranges::replace(slashed, '\\', '/');
  }
  if (!begins_elsewhere(slashed)) {
    if (leads_up(slashed))
      throw Error(fmt::format("'{}' leaves the folder {}; files must lie below it", name,
                              folders_.front().empty() ? "." : folders_.front()));
    return in_folders(slashed).value_or("");
  }
  for (std::string end = end_of_path(slashed); !end.empty() && !leads_up(end);) {
    if (auto path = in_folders(end)) {
      remarks.add("images named by a path of another place, of which the end is taken",
                  fmt::format("{} as {}", name, *path));
      return *path;
    }
    const std::size_t slash = end.find('/');
    end.erase(0, slash == end.npos ? slash : slash + 1);
  }
  return {};
}

/// Most names are found at the first try, then.
void CocoImages::put_best_first(const std::vector<std::string>& names) {
  constexpr std::size_t kTries = 100;
  const std::size_t step = std::max<std::size_t>(1, names.size() / kTries);
  std::size_t best = 0, most = 0;
  for (std::size_t k = 0; k < folders_.size(); ++k) {
    std::size_t found = 0;
    for (std::size_t i = 0; i < names.size(); i += step)
      if (!names[i].starts_with('/') && !leads_up(names[i])) found += is_file(folders_[k] + names[i]) ? 1 : 0;
    if (found > most) most = found, best = k;
  }
  const auto at = folders_.begin() + static_cast<std::ptrdiff_t>(best);
  std::rotate(folders_.begin(), at, at + 1);
}

void CocoImages::check_all(const std::vector<std::string>& names, const std::vector<std::string>& found,
                           Remarks& remarks) const {
  std::unordered_map<std::string_view, std::size_t> owners(found.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i].empty()) continue;
    const auto [at, is_new] = owners.emplace(found[i], i);
    if (is_new) continue;
    if (names[at->second] != names[i])
      throw Error(fmt::format("'{}' and '{}' would both be {}", names[at->second], names[i], found[i]));
    remarks.add("images that several images name, which are as many samples", names[i]);
  }
  if (!owners.empty() || names.empty()) return;
  std::string places;
  for (const std::string& folder : folders_)
    places += fmt::format("{}{}", places.empty() ? "" : ", ", folder.empty() ? "." : folder);
  throw Error(fmt::format("not one of its {} images is there; {} was looked for in {}", names.size(),
                          names.front(), places));
}

std::vector<std::string> CocoImages::find(const std::vector<std::string>& names, Remarks& remarks) {
  put_best_first(names);
  std::vector<std::string> found;
  found.reserve(names.size());
  for (const std::string& name : names) {
    found.push_back(find_one(name, remarks));
    if (found.back().empty()) remarks.add("annotated images that aren't there, left out", name);
  }
  check_all(names, found, remarks);
  return found;
}

}  // namespace doppel::dataset
