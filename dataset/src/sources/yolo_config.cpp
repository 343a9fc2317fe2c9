#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <unordered_set>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/dataset/sources/yolo.h"
#include "moved_path.h"
#include "text.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostClasses = 100000;

std::vector<std::string> names_in(const fs::path& file) {
  std::vector<std::string> names = filled_lines(read_text(file));
  if (names.empty()) throw Error(fmt::format("{}: holds no class names", file.string()));
  return names;
}

/// A list, a map from numbers, or a file of names below `folder`.
std::vector<std::string> names_of(const YAML::Node& names, const fs::path& folder) {
  if (!names) throw Error("it has no `names`");
  std::vector<std::string> list;
  if (names.IsScalar()) {
    const auto name = names.as<std::string>();
    const fs::path below = list_below(folder, name);
    if (below.empty() || !is_file(folder / below))
      throw Error(
          fmt::format("`names` is '{}', which is no file; it must be a list of names, or a map from "
                      "class numbers to names",
                      name));
    list = names_in(folder / below);
  }
  if (names.IsSequence())
    for (const auto& name : names) list.emplace_back(trimmed(name.as<std::string>()));
  if (names.IsMap()) {
    std::set<std::int64_t> numbers;
    for (const auto& pair : names) {
      const auto number = whole_number(pair.first.as<std::string>());
      if (!number || *number < 0 || *number >= static_cast<std::int64_t>(kMostClasses))
        throw Error(fmt::format("`names` has the number '{}'", pair.first.as<std::string>()));
      if (!numbers.insert(*number).second)
        throw Error(
            fmt::format("line {}: `names` has the number {} twice", pair.first.Mark().line + 1, *number));
      const auto at = static_cast<std::size_t>(*number);
      while (list.size() <= at) list.push_back(std::to_string(list.size()));
      list[at] = trimmed(pair.second.as<std::string>());
    }
  }
  if (list.empty()) throw Error("it has no `names`");
  if (list.size() > kMostClasses)
    throw Error(fmt::format("{} classes are more than the limit of {}", list.size(), kMostClasses));
  std::unordered_set<std::string_view> seen;
  for (const std::string& name : list)
    if (!seen.insert(name).second) throw Error(fmt::format("two classes are called '{}'", name));
  return list;
}

bool is_part(std::string_view key) {
  static constexpr std::array<std::string_view, 6> kParts{"train",      "val",  "valid",
                                                          "validation", "test", "dev"};
  return std::ranges::find(kParts, key) != kParts.end();
}

std::vector<std::string> texts_of(const YAML::Node& node) {
  std::vector<std::string> texts;
  if (node.IsScalar()) texts.push_back(node.as<std::string>());
  if (node.IsSequence())
    for (const auto& one : node) texts.push_back(one.as<std::string>());
  return texts;
}

void read_keypoints(const YAML::Node& shape, YoloConfig& config) {
  const auto numbers = texts_of(shape);
  const auto points = whole_number(numbers.empty() ? "" : numbers[0]),
             each = whole_number(numbers.size() < 2 ? "" : numbers[1]);
  if (numbers.size() != 2 || !points || !each || *points < 1 || *points > 1000 || *each < 2 || *each > 3)
    throw Error("`kpt_shape` must be [points, 2 or 3]");
  config.keypoints = static_cast<int>(*points);
  config.keypoint_numbers = static_cast<int>(*each);
}

}  // namespace

YoloConfig YoloConfig::from_yaml(const fs::path& file) {
  // What trainers write beside these says nothing of images.
  static constexpr std::array<std::string_view, 9> kKnown{"nc",       "download",  "flip_idx",
                                                          "roboflow", "channels",  "yaml_file",
                                                          "author",   "kpt_names", "description"};
  YoloConfig config;
  config.file = file.string();
  config.root = file.parent_path();
  try {
    const YAML::Node root = YAML::Load(read_text(file));
    if (!root.IsMap()) throw Error("it is no map of names");
    config.classes = names_of(root["names"], config.root);
    if (root["kpt_shape"]) read_keypoints(root["kpt_shape"], config);
    for (const auto& pair : root) {
      const auto key = pair.first.as<std::string>();
      if (key == "names" || key == "kpt_shape") continue;
      if (key == "path") {
        // Often a place on another machine: where it is none here, paths are below the file's folder.
        const fs::path path = pair.second.IsScalar() ? pair.second.as<std::string>() : "";
        if (fs::path below = config.root / path;
            !path.is_absolute() && is_folder(below) && std::ranges::find(path, "..") == path.end())
          config.root = below.lexically_normal();
        else
          config.path = path.string();
      } else if (is_part(key)) {
        if (auto from = texts_of(pair.second); !from.empty()) config.parts[key] = std::move(from);
      } else if (std::ranges::find(kKnown, key) == kKnown.end()) {
        config.unused.push_back(key);
      }
    }
    if (const auto number =
            whole_number(root["nc"] && root["nc"].IsScalar() ? root["nc"].as<std::string>() : "");
        number && *number != std::ssize(config.classes))
      throw Error(fmt::format("`nc` is {}, but there are {} names", *number, config.classes.size()));
  } catch (const YAML::Exception& error) {
    const bool is_form = dynamic_cast<const YAML::ParserException*>(&error) != nullptr;
    throw Error(fmt::format("{}{}: not valid YAML: {}", file.string(),
                            error.mark.is_null() ? "" : fmt::format(":{}", error.mark.line + 1),
                            is_form ? "a bracket, a quote, a colon or the blanks before it are wrong"
                                    : "a value of another kind than it must be"));
  } catch (const Error& error) { throw Error(fmt::format("{}: {}", file.string(), error.what())); }
  return config;
}

YoloConfig YoloConfig::from_names(const fs::path& file, const fs::path& root) {
  YoloConfig config;
  config.file = file.string();
  config.root = root;
  config.classes = names_in(file);
  return config;
}

YoloConfig YoloConfig::from_darknet(const fs::path& file) {
  YoloConfig config;
  config.file = file.string();
  config.root = file.parent_path();
  const std::string text = read_text(file);
  for (const std::string_view line : lines_of(text)) {
    const std::size_t equals = line.find('=');
    if (equals == line.npos || trimmed(line).starts_with('#')) continue;
    const std::string key(trimmed(line.substr(0, equals))), value(trimmed(line.substr(equals + 1)));
    if (key == "names") {
      const fs::path names = list_below(config.root, value);
      if (names.empty()) throw Error(fmt::format("{}: there is no file of names {}", file.string(), value));
      config.classes = names_in(config.root / names);
    } else if (is_part(key) && !value.empty()) {
      config.parts[key] = {value};
    }
  }
  if (config.classes.empty())
    throw Error(fmt::format("{}: it names no file of class names (`names = obj.names`)", file.string()));
  return config;
}

}  // namespace doppel::dataset
