#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <filesystem>

#include "base/yaml_fields.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/format_version.h"
#include "presets.h"
#include "transform_yaml.h"

namespace doppel::augment {
namespace {

/// [[a, b], …]: keypoint labels that change places in a mirror.
std::vector<std::pair<int, int>> read_pairs(const YAML::Node& list, const std::string& file) {
  std::vector<std::pair<int, int>> pairs;
  if (!list.IsSequence()) fail_at(file, list, "mirror_pairs needs a list, [[left, right], …]");
  for (const auto& item : list) {
    std::vector<int> two;
    try {
      two = item.as<std::vector<int>>();
    } catch (const YAML::Exception&) {}
    if (two.size() != 2 || two[0] < 0 || two[1] < 0)
      fail_at(file, item, "mirror_pairs needs pairs of keypoint labels, [[left, right], …], as numbers");
    pairs.emplace_back(two[0], two[1]);
  }
  return pairs;
}

/// [2, 1, 0]: the channels that are red, green and blue.
std::vector<int> read_rgb(const YAML::Node& list, const std::string& file) {
  std::vector<int> rgb;
  try {
    rgb = list.as<std::vector<int>>();
  } catch (const YAML::Exception&) {}
  if (!is_rgb(rgb))
    fail_at(file, list,
            fmt::format("rgb needs three different channels, [red, green, blue], counted from 0 to {}",
                        kMostChannels - 1));
  return rgb;
}

void check_recipe_format(const YAML::Node& format, const std::string& name) {
  try {
    check_format(format.Scalar(), kRecipeFormat, place_of(name, format));
  } catch (const Error& error) { throw UsageError(error.what()); }
}

Recipe recipe_of(const YAML::Node& root, const std::string& name) {
  TargetRules rules;
  YAML::Node list = root;
  if (root.IsMap() && root["transforms"]) {
    list.reset(root["transforms"]);  // = would change root itself
    if (const auto format = root["format"]) check_recipe_format(format, name);
    YamlReader reader(root, "the recipe", name);
    rules.fields(reader);
    reader.finish(std::array<std::string, 4>{"format", "transforms", "mirror_pairs", "rgb"});
    FieldValidator validator(name);
    rules.fields(validator);
    if (root["mirror_pairs"]) rules.mirror_pairs = read_pairs(root["mirror_pairs"], name);
    if (root["rgb"]) rules.rgb = read_rgb(root["rgb"], name);
  }
  if (!list.IsSequence() && !list.IsNull())
    fail_at(name, list,
            "a recipe is a list of transforms, one '- Name' or '- Name: {field: value}' per line");
  std::vector<Transform> transforms;
  for (const auto& item : list) {
    const bool follows = !transforms.empty() && transforms.back().name() == "Normalize";
    transforms.push_back(read_transform(item, name));
    if (follows)
      fail_at(name, item,
              fmt::format("{} follows Normalize; Normalize must be the last transform",
                          transforms.back().name()));
  }
  return Recipe(std::move(transforms), rules);
}

}  // namespace

Recipe Recipe::from_yaml(const std::string& text, const std::string& name) {
  return with_yaml_errors(name, [&] { return recipe_of(load_yaml(text, name), name); });
}

std::string Recipe::yaml() const {
  YAML::Node root(YAML::NodeType::Map);
  root["format"] = kRecipeFormat;
  TargetRules rules = rules_;
  YamlWriter writer(root);
  rules.fields(writer);
  for (const auto& [a, b] : rules_.mirror_pairs) root["mirror_pairs"].push_back(std::vector<int>{a, b});
  if (!rules_.mirror_pairs.empty()) root["mirror_pairs"].SetStyle(YAML::EmitterStyle::Flow);
  if (!rules_.rgb.empty()) {
    root["rgb"] = rules_.rgb;
    root["rgb"].SetStyle(YAML::EmitterStyle::Flow);
  }
  YAML::Node list(YAML::NodeType::Sequence);
  for (const Transform& transform : transforms_) list.push_back(write_transform(transform));
  root["transforms"] = list;
  return YAML::Dump(root) + "\n";
}

std::span<const std::string> Recipe::presets() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Preset& preset : kPresets) all.emplace_back(preset.name);
    return all;
  }();
  return names;
}

Recipe Recipe::load(const std::string& path_or_preset) {
  for (const Preset& preset : kPresets)
    if (preset.name == path_or_preset) return from_yaml(std::string(preset.yaml), "preset " + path_or_preset);
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path_or_preset, ignored))
    throw UsageError(fmt::format("no recipe '{}': it's neither a readable file nor a preset ({}){}",
                                 path_or_preset, fmt::join(presets(), ", "),
                                 did_you_mean(path_or_preset, presets())));
  const std::vector<unsigned char> bytes = read_file(path_or_preset);
  return from_yaml({bytes.begin(), bytes.end()}, path_or_preset);
}

}  // namespace doppel::augment
