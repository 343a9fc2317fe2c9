#include "doppel/dataset/sources/yolo.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "listed_images.h"
#include "moved_path.h"
#include "text.h"
#include "yolo_rows.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

/// Text files and folders below a root, each folder listed once: names may be in any case.
class TextFiles {
 public:
  explicit TextFiles(fs::path root) : root_(std::move(root)) {}
  /// The text file of an image's name in a folder; empty where there is none. It counts as used.
  std::string of(const fs::path& folder, const std::string& stem) {
    Texts& texts = in(folder);
    texts.asked = true;
    const auto found = texts.files.find(stem);
    if (found == texts.files.end()) return "";
    found->second.used = true;
    return (folder / found->second.name).string();
  }
  /// A folder's folder by its name in any case; empty where there is none.
  fs::path folder(const fs::path& in_folder, const std::string& name) {
    const auto& folders = in(in_folder).folders;
    if (std::ranges::find(folders, name) != folders.end()) return in_folder / name;
    const auto found = std::ranges::find(folders, lower(name), lower);
    return found == folders.end() ? fs::path() : in_folder / *found;
  }
  std::vector<std::string> unused() const {
    std::vector<std::string> paths;
    for (const auto& [folder, texts] : folders_)
      for (const auto& [stem, text] : texts.files)
        if (texts.asked && !text.used) paths.push_back((fs::path(folder) / text.name).string());
    std::ranges::sort(paths);
    return paths;
  }

 private:
  struct Text {
    std::string name;
    bool used = false;
  };
  struct Texts {
    std::unordered_map<std::string, Text> files;  ///< by their names without an ending
    std::vector<std::string> folders;
    bool asked = false;  ///< for a text, and not only on the way to another folder
  };
  Texts& in(const fs::path& folder) {
    const auto [found, is_new] = folders_.try_emplace(folder.string());
    if (!is_new || !is_folder(root_ / folder)) return found->second;
    for (const Entry& entry : listing_of(root_ / folder)) {
      if (entry.is_folder)
        found->second.folders.push_back(entry.path.filename().string());
      else if (lower(entry.path.extension().string()) == ".txt")
        found->second.files.emplace(entry.path.stem().string(), Text{entry.path.filename().string()});
    }
    return found->second;
  }
  fs::path root_;
  std::map<std::string, Texts> folders_;
};

/// Where the text files of a folder of images are: in the folder that is to labels/ what this one is to its
/// last folder called images (or as images are called), or in its own labels/; empty where there is none.
fs::path labels_folder(const fs::path& images, TextFiles& texts) {
  static constexpr std::array<std::string_view, 5> kImageFolders{"images", "image", "imgs", "img",
                                                                 "jpegimages"};
  const std::vector<fs::path> words(images.begin(), images.end());
  for (auto word = words.rbegin(); word != words.rend(); ++word) {
    if (std::ranges::find(kImageFolders, std::string_view(lower(word->string()))) == kImageFolders.end())
      continue;
    fs::path folder;
    for (auto before = words.begin(); before + 1 != word.base(); ++before) folder /= *before;
    folder = texts.folder(folder, "labels");
    for (auto after = word.base(); after != words.end() && !folder.empty(); ++after)
      folder = texts.folder(folder, after->string());
    if (!folder.empty()) return folder;
  }
  return texts.folder(images, "labels");
}

/// Where an image's text file is looked for first.
fs::path usual_text_of(const fs::path& image) {
  fs::path path;
  for (const fs::path& word : image) path /= lower(word.string()) == "images" ? "labels" : word;
  return path.replace_extension(".txt");
}

/// Text files that lie beside others and are about the whole.
bool is_about_all(const std::string& name) {
  static constexpr std::array<std::string_view, 7> kNames{
      "classes", "predefined_classes", "labels", "train", "val", "valid", "test"};
  const std::string stem = lower(fs::path(name).stem().string());
  return std::ranges::find(kNames, std::string_view(stem)) != kNames.end() || stem.starts_with("readme");
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
    if (is_folder(one))
      add_folder(one, progress);
    else if (is_there(one))
      add_list(one);
    else
      throw Error(fmt::format("{}: there is no file or folder {}", config.file, one.string()));
  }
  find_labels();
  // What isn't in one list may be in another part's.
  const bool whole = std::ranges::none_of(from, [](const fs::path& one) { return is_file(one); });
  for (const std::string& text : unused_texts_)
    if (whole) remarks_.add("text files without an image", text);
  corners_ = kind_of_corners();
}

void Yolo::add_folder(const fs::path& folder, const OnProgress& progress) {
  Remarks others;
  for (const std::string& file : images_below(root_, folder, others, [&] {
         if (progress) progress(files_.size(), 0);
       }))
    add(file);
  for (const Remark& remark : others.list())
    if (remark.what.find("(.txt)") == std::string::npos && remark.what.find("(.labels)") == std::string::npos)
      remarks_.add({remark});
}

/// A path a line, below the root or the list's folder; those of another machine are looked for there.
void Yolo::add_list(const fs::path& list) {
  int number = 0;
  const std::string text = read_text(list);
  for (const std::string_view line : lines_of(text)) {
    ++number;
    const std::string_view name = trimmed(line);
    if (name.empty() || name.starts_with('#')) continue;
    fs::path found;
    for (const fs::path& base : {root_, list.parent_path()})
      if (const fs::path below = moved_below(base, name); found.empty() && !below.empty())
        found = (base / below).lexically_relative(root_);
    if (found.empty())
      throw Error(
          fmt::format("{}:{}: there is no image {} below {}", list.string(), number, name, root_.string()));
    add(found.string());
  }
}

/// By the folders that text files can be in.
void Yolo::find_labels() {
  TextFiles texts(root_);
  std::unordered_map<std::string, fs::path> labels_of;
  for (const File& file : files_) {
    const fs::path path(file.path), folder = path.parent_path();
    const auto [labels, is_new] = labels_of.try_emplace(folder.string());
    if (is_new) labels->second = labels_folder(folder, texts);
    const std::string stem = path.stem().string();
    std::string text = labels->second.empty() ? "" : texts.of(labels->second, stem);
    if (text.empty()) text = texts.of(folder, stem);
    labels_.push_back(std::move(text));
    if (labels_.back().empty()) remarks_.add("images without a text file, which show background", file.path);
  }
  if (!files_.empty() && labelled() == 0)
    remarks_.say(fmt::format("{}: none of its {} images has a text file with labels: that of {} would be {}",
                             root_.string(), files_.size(), files_[0].path,
                             usual_text_of(files_[0].path).string()));
  for (std::string& text : texts.unused())
    if (!is_about_all(text)) unused_texts_.push_back(std::move(text));
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
    const std::string text = text_in(read_file(root_ / label));  // what is wrong with it is said later
    for (const std::string_view line : lines_of(text)) {
      const std::size_t numbers = words_of(line).size();
      four += numbers == 9;
      other += numbers > 6 && numbers != 9;
    }
  }
  return four > 0 && other == 0 && keypoints_ == 0 ? Corners::Oriented : Corners::Polygons;
}

std::vector<int> Yolo::object_labels(std::size_t index) const {
  std::vector<int> labels;
  if (labels_[index].empty()) return labels;
  try {
    const std::string text = read_text(root_ / labels_[index]);
    for (const std::string_view line : lines_of(text)) {
      const std::vector<std::string_view> words = words_of(line);
      if (words.empty()) continue;
      const auto label = whole_number(words[0]);
      if (!label || *label < 0 || std::cmp_greater_equal(*label, classes_.size())) break;
      labels.push_back(static_cast<int>(*label));
    }
  } catch (const Error&) {}  // read() says why
  return labels;
}

void Yolo::annotate(std::size_t index, Item& item) const {
  if (labels_[index].empty()) return;  // an image of background alone
  const fs::path file = root_ / labels_[index];
  const YoloRules rules{.classes = static_cast<int>(classes_.size()),
                        .names_file = names_file_,
                        .keypoints = keypoints_,
                        .keypoint_numbers = keypoint_numbers_,
                        .oriented = corners_ == Corners::Oriented};
  YoloRows rows(rules, image_size(item));
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
