#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "doppel/base/error.h"
#include "doppel/dataset/loader/loader.h"

namespace doppel::dataset {
namespace {

[[noreturn]] void refuse_view(const std::string& name, std::size_t k, const std::string& why) {
  throw UsageError(fmt::format("{}: view {}: {}", name, k, why));
}

Size size_of_view(const YAML::Node& node, const std::string& name, std::size_t k) {
  try {
    const auto sides = node.IsScalar() ? std::vector<int>(2, node.as<int>()) : node.as<std::vector<int>>();
    const bool is_own = sides == std::vector<int>{0, 0};
    if (sides.size() == 2 && (is_own || (sides[0] > 0 && sides[1] > 0))) return {sides[0], sides[1]};
  } catch (const YAML::Exception&) {}
  refuse_view(name, k, "size must be [height, width], or one number for both");
}

/// A preset or a file by its name, or a recipe as it stands there.
augment::Recipe recipe_of_view(const YAML::Node& node, const std::string& name, std::size_t k) {
  if (node.IsNull()) return {};
  if (node.IsScalar()) return augment::Recipe::load(node.as<std::string>());
  return augment::Recipe::from_yaml(YAML::Dump(node), fmt::format("{}: view {}", name, k));
}

SampleView yaml_view(const YAML::Node& node, const std::string& name, std::size_t k) {
  SampleView view;
  if (!node.IsMap()) {
    view.recipe = recipe_of_view(node, name, k);
    return view;
  }
  for (const auto& field : node) {
    const auto key = field.first.as<std::string>();
    if (key == "recipe")
      view.recipe = recipe_of_view(field.second, name, k);
    else if (key == "size")
      view.size = size_of_view(field.second, name, k);
    else
      refuse_view(name, k, fmt::format("it has recipe and size, not '{}'", key));
  }
  return view;
}

}  // namespace

std::vector<SampleView> views_from_yaml(const std::string& text, const std::string& name) {
  YAML::Node list;
  try {
    list = YAML::Load(text);
  } catch (const YAML::Exception& error) { throw UsageError(fmt::format("{}: {}", name, error.what())); }
  if (list.IsMap() && list.size() == 1 && list["views"]) list = list["views"];
  if (!list.IsSequence() || list.size() == 0)
    throw UsageError(
        fmt::format("{}: views are a list of one or more: - {{recipe: standard, size: [224, 224]}}", name));
  std::vector<SampleView> views;
  for (const auto& node : list) views.push_back(yaml_view(node, name, views.size()));
  return views;
}

Stream view_stream(const Stream& sample, std::size_t view) { return sample.split("view", view); }

}  // namespace doppel::dataset
