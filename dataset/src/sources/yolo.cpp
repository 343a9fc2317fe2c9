#include "doppel/dataset/sources/yolo.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "doppel/base/error.h"
#include "picture_files.h"
#include "text.h"
#include "yolo_rows.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// Where a picture's text file is: the last folder called images becomes labels.
fs::path label_path(const fs::path& picture) {
  std::vector<fs::path> words(picture.begin(), picture.end());
  for (auto word = words.rbegin(); word != words.rend(); ++word)
    if (lower(word->string()) == "images") {
      *word = "labels";
      break;
    }
  fs::path path;
  for (const fs::path& word : words) path /= word;
  return path.replace_extension(".txt");
}

}  // namespace

Yolo::Yolo(const YoloConfig& config, const std::vector<fs::path>& from, const OnProgress& progress)
    : FileSource(config.root),
      names_file_(config.file),
      keypoints_(config.keypoints),
      keypoint_numbers_(config.keypoint_numbers) {
  classes_ = config.classes;
  for (const std::string& key : config.unused)
    remarks_.add(fmt::format("keys of {} that aren't used", config.file), key);
  for (const fs::path& one : from) {
    if (fs::is_directory(one))
      add_folder(one, progress);
    else if (fs::exists(one))
      add_list(one);
    else
      throw Error(fmt::format("{}: there is no file or folder {}", config.file, one.string()));
  }
  if (files_.empty())
    throw Error(fmt::format("{} holds no pictures", from.empty() ? config.root.string() : from[0].string()));
  find_labels();
  corners_ = kind_of_corners();
}

void Yolo::add_folder(const fs::path& folder, const OnProgress& progress) {
  Remarks others;
  for (const std::string& file : pictures_below(root_, folder, others, [&] {
         if (progress) progress(files_.size(), 0);
       }))
    add(file);
  for (const Remark& remark : others.list())
    if (remark.what.find("(.txt)") == std::string::npos) remarks_.add({remark});
}

/// A path a line, below the root or the list's folder.
void Yolo::add_list(const fs::path& list) {
  int number = 0;
  const std::string text = read_text(list);
  for (const std::string_view line : lines_of(text)) {
    ++number;
    std::string name(trimmed(line));
    if (name.empty() || name.starts_with('#')) continue;
    std::ranges::replace(name, '\\', '/');
    fs::path found;
    for (const fs::path& base : {root_, list.parent_path()}) {
      // Lists made elsewhere have absolute paths: what follows the data set's own folder, or images/, counts.
      fs::path below = fs::path(name).lexically_normal();
      if (below.is_absolute()) below = below.lexically_relative(fs::absolute(base).lexically_normal());
      if (below.empty() || *below.begin() == "..")
        if (const std::size_t at = name.rfind("/images/"); at != name.npos) below = name.substr(at + 1);
      if (std::ranges::find(below, "..") == below.end() && fs::exists(base / below)) found = base / below;
      if (!found.empty()) break;
    }
    if (found.empty())
      throw Error(
          fmt::format("{}:{}: there is no picture {} below {}", list.string(), number, name, root_.string()));
    add(found.lexically_relative(root_).string());
  }
}

/// By the folders that text files can be in, each listed once.
void Yolo::find_labels() {
  std::unordered_map<std::string, std::unordered_set<std::string>> listed;
  const auto is_there = [&](const fs::path& below) {
    const std::string folder = below.parent_path().string();
    const auto [found, is_new] = listed.try_emplace(folder);
    if (std::error_code ignored; is_new && fs::is_directory(root_ / folder, ignored))
      for (const fs::path& file : entries_of(root_ / folder))
        if (lower(file.extension().string()) == ".txt") found->second.insert(file.filename().string());
    return found->second.erase(below.filename().string()) > 0;
  };
  for (const File& file : files_) {
    const fs::path by_folder = label_path(file.path), beside = fs::path(file.path).replace_extension(".txt");
    labels_.push_back(is_there(by_folder) ? by_folder.string() : is_there(beside) ? beside.string() : "");
    if (labels_.back().empty())
      remarks_.add("pictures without a text file, which show background", file.path);
  }
  if (labelled() == 0)
    remarks_.say(
        fmt::format("{}: none of its {} pictures has a text file with labels: that of {} would be {}",
                    root_.string(), files_.size(), files_[0].path, label_path(files_[0].path).string()));
  for (const auto& [folder, left] : listed)
    for (const std::string& name : left)
      if (name != "classes.txt" && name != "train.txt" && name != "val.txt" && name != "test.txt")
        remarks_.add("text files without a picture", (fs::path(folder) / name).string());
}

std::size_t Yolo::labelled() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(labels_, [](const std::string& label) { return !label.empty(); }));
}

/// As the first files have it: oriented boxes have four corners, and nothing else has.
Yolo::Corners Yolo::kind_of_corners() const {
  constexpr std::size_t kLooked = 64;
  std::size_t looked = 0, four = 0, other = 0;
  for (const std::string& label : labels_) {
    if (label.empty()) continue;
    if (++looked > kLooked) break;
    const std::string text = read_text(root_ / label);
    for (const std::string_view line : lines_of(text)) {
      const std::size_t numbers = words_of(line).size();
      four += numbers == 9;
      other += numbers > 6 && numbers != 9;
    }
  }
  return four > 0 && other == 0 && keypoints_ == 0 ? Corners::Oriented : Corners::Polygons;
}

void Yolo::annotate(std::size_t index, Item& item) const {
  if (labels_[index].empty()) return;  // a picture of background alone
  const fs::path file = root_ / labels_[index];
  const YoloRules rules{.classes = static_cast<int>(classes_.size()),
                        .names_file = names_file_,
                        .keypoints = keypoints_,
                        .keypoint_numbers = keypoint_numbers_,
                        .oriented = corners_ == Corners::Oriented};
  YoloRows rows(rules, picture_size(item));
  int number = 0;
  const std::string text = read_text(file);
  for (const std::string_view line : lines_of(text)) {
    ++number;
    try {
      rows.add(line, item.sample);
    } catch (const Error& error) {
      throw Error(fmt::format("{}:{}: {}", file.string(), number, error.what()));
    }
  }
  rows.finish(item.sample);
}

}  // namespace doppel::dataset
