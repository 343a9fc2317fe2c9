#include "doppel/dataset/sources/yolo.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "doppel/augment/plan/box_format.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/dataset/sources/file_source.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
  const std::vector<unsigned char> bytes = read_file(file);
  return {bytes.begin(), bytes.end()};
}

/// Class names: a list or a map from number to name in data.yaml, or a line each in classes.txt.
std::vector<std::string> class_names(const fs::path& root) {
  std::vector<std::string> names;
  for (const char* file : {"data.yaml", "dataset.yaml", "data.yml"}) {
    if (!fs::exists(root / file)) continue;
    try {
      const YAML::Node list = YAML::Load(text_of(root / file))["names"];
      if (list.IsSequence())
        for (const auto& name : list) names.push_back(name.as<std::string>());
      else if (list.IsMap())
        for (std::size_t k = 0; k < list.size(); ++k) names.push_back(list[k].as<std::string>());
    } catch (const YAML::Exception& error) {
      throw Error(fmt::format("{}: {}", (root / file).string(), error.what()));
    }
    if (names.empty()) throw Error(fmt::format("{} has no `names`", (root / file).string()));
    return names;
  }
  if (!fs::exists(root / "classes.txt"))
    throw Error(fmt::format("{} has neither data.yaml nor classes.txt for the class names", root.string()));
  std::istringstream lines(text_of(root / "classes.txt"));
  for (std::string line; std::getline(lines, line);)
    if (!line.empty()) names.push_back(line.ends_with('\r') ? line.substr(0, line.size() - 1) : line);
  return names;
}

}  // namespace

Yolo::Yolo(const fs::path& root, const std::string& split, const OnProgress& progress) : FileSource(root) {
  classes_ = class_names(root);
  // Both images/train and train/images are usual.
  fs::path images = root / "images" / split, labels = root / "labels" / split;
  if (!split.empty() && !fs::is_directory(images))
    images = root / split / "images", labels = root / split / "labels";
  if (!fs::is_directory(images)) throw Error(fmt::format("there is no folder {}", images.string()));
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(images))
    if (is_image_file(entry.path())) {
      if (progress) progress(files.size(), 0);
      files.push_back(entry.path());
    }
  std::ranges::sort(files);
  for (const fs::path& file : files) {
    const fs::path below = fs::relative(file, images);
    add(fs::relative(file, root).string());
    labels_.push_back(labels / fs::path(below).replace_extension(".txt"));
  }
  if (files_.empty()) throw Error(fmt::format("{} holds no images", images.string()));
}

void Yolo::annotate(std::size_t index, Item& item) const {
  if (!fs::exists(labels_[index])) return;  // a picture of background alone
  const Size size = picture_size(item);
  std::istringstream lines(text_of(labels_[index]));
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    std::istringstream words(line);
    int label = -1;
    std::array<double, 4> shares{};
    if (!(words >> label >> shares[0] >> shares[1] >> shares[2] >> shares[3]))
      throw Error(fmt::format("{}:{}: a line is class, centre x, centre y, width, height",
                              labels_[index].string(), number));
    if (label < 0 || label >= static_cast<int>(classes_.size()))
      throw Error(fmt::format("{}:{}: class {} is outside the {} names", labels_[index].string(), number,
                              label, classes_.size()));
    item.sample.boxes.push_back(augment::box_from(augment::BoxFormat::Yolo, shares, size, label));
  }
}

}  // namespace doppel::dataset
