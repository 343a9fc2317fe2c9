#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <span>

#include "albumentations_arguments.h"
#include "base/yaml_fields.h"
#include "doppel/augment/import/imported.h"
#include "doppel/base/error.h"

namespace doppel::augment {
namespace {

constexpr int kDeepestPipeline = 32;

const AlbumentationsMap* find_map(std::string_view name) {
  for (const auto& maps :
       {albumentations_geometry(), albumentations_crops(), albumentations_colors(), albumentations_effects()})
    if (const auto found = std::ranges::find(maps, name, &AlbumentationsMap::name); found != maps.end())
      return &*found;
  return nullptr;
}

/// Reads a pipeline from the outside in.
class PipelineReader {
 public:
  explicit PipelineReader(std::string file) : file_(std::move(file)) {}

  WrittenRecipe pipeline(const YAML::Node& root) {
    AlbumentationsArguments given(root, file_);
    if (!is_compose(given.name())) {
      recipe_.transforms.push_back(transform(root, 0));
      leave_out_inner_ends(recipe_.transforms, true);
      return std::move(recipe_);
    }
    read_targets(given);
    std::vector<Written> list = last_things_last(parts(given, 0));
    if (const double p = given.chance(1); p < 1 && !list.empty())
      list = {Written{.name = "Sequence", .fields = {{"p", number_yaml(p)}}, .parts = std::move(list)}};
    leave_out_inner_ends(list, true);
    recipe_.transforms = std::move(list);
    return std::move(recipe_);
  }

 private:
  static bool is_compose(std::string_view name) { return name == "Compose" || name == "ReplayCompose"; }

  std::vector<Written> parts(AlbumentationsArguments& given, int depth) {
    const YAML::Node list = given.find({"transforms"});
    if (!list.IsSequence()) fail_at(file_, given.map(), given.name() + " needs a list of transforms");
    if (depth >= kDeepestPipeline)
      fail_at(file_, list, fmt::format("nested more than {} deep", kDeepestPipeline));
    std::vector<Written> made;
    for (const auto& item : list) made.push_back(transform(item, depth + 1));
    return made;
  }

  Written transform(const YAML::Node& node, int depth) {
    AlbumentationsArguments given(node, file_);
    if (std::as_const(given).map()["transforms"]) return structure(given, depth);
    const AlbumentationsMap* map = find_map(given.name());
    if (!map) {
      Written nothing;
      nothing.weight = given.chance(0.5);
      return nothing.note(given.name() + " has no counterpart and is left out");
    }
    Written made = map->map(given);
    made.weight = given.chance(map->chance);
    if (!made.name.empty()) made.chance(made.weight);
    made.notes = given.notes();
    return made;
  }

  /// A NoOp: it has no name, and there is nothing to say of it.
  static bool does_nothing(const Written& one) { return one.name.empty() && one.notes.empty(); }
  /// No list of parts is empty here; that one is never gone through.
  static void make_empty(Written& one) {
    one.name = "Repeat";
    one.set("times", "0").set("do", "[HorizontalFlip]");
  }

  static void keep_choices(std::vector<Written>& parts) {
    for (Written& part : parts)
      if (does_nothing(part)) make_empty(part);
  }

  Written structure(AlbumentationsArguments& given, int depth) {
    std::vector<Written> all = parts(given, depth);
    const std::string& name = given.name();
    const bool chooses = name == "OneOf" || name == "OneOrOther" || name == "SomeOf" || name == "RandomOrder";
    // Where one is chosen, nothing is a choice, too.
    if (chooses)
      keep_choices(all);
    else
      std::erase_if(all, does_nothing);
    const double chance =
        given.chance(name == "OneOf" || name == "OneOrOther" || name == "Sequential" ? 0.5 : 1);
    Written made = all.empty() ? Written{} : arranged(given, std::move(all));
    if (made.name.empty()) make_empty(made);
    made.weight = chance;
    return made;
  }

  /// Some parts, at least one.
  Written arranged(AlbumentationsArguments& given, std::vector<Written> all) {
    Written made;
    made.parts = std::move(all);
    const std::string& name = given.name();
    if (name == "OneOf" || name == "OneOrOther") {
      made.name = "OneOf";
      // One is chosen by the parts' own chances, and then applied.
      if (name == "OneOrOther" && made.parts.size() == 2) {
        made.parts[0].weight = given.chance(0.5);
        made.parts[1].weight = 1 - made.parts[0].weight;
      }
      for (Written& part : made.parts)
        if (!part.name.empty()) part.set("p", 1);
      return made.set("p", name == "OneOf" ? given.chance(0.5) : 1);
    }
    if (name == "SomeOf" || name == "RandomOrder") {
      made.name = "SomeOf";
      const Range n = given.range({"n"}, {1, 1});
      const auto most = static_cast<double>(made.parts.size());
      const bool replace = given.flag({"replace"}, false);
      made.set("n", Range{std::min(n.low, replace ? 1000 : most), std::min(n.high, replace ? 1000 : most)});
      if (replace) made.set("replace", "true");
      if (name == "RandomOrder") made.note("RandomOrder: the parts keep their order here");
      return made.chance(given.chance(1));
    }
    if (name == "SelectiveChannelTransform")
      made.note(name + ": channels aren't carried over; all are changed");
    else if (name != "Sequential" && !is_compose(name))
      made.note(name + " is taken for a Sequential");
    made.name = "Sequence";
    made.parts = last_things_last(std::move(made.parts));
    return made.chance(given.chance(name == "Sequential" ? 0.5 : 1));
  }

  /// What becomes of boxes and keypoints.
  void read_targets(AlbumentationsArguments& given) {
    if (const YAML::Node params = given.find({"bbox_params"}); params.IsMap()) {
      for (const char* rule : {"min_area", "min_visibility"})
        if (const double least = number_of(params, rule); least > 0)
          recipe_.rules.emplace_back(rule, number_yaml(least));
      if (const YAML::Node format = params["format"]; format && format.IsScalar())
        recipe_.notes.push_back(
            fmt::format("bbox_params: in Python bbox_format=\"{}\"; labels go along by themselves",
                        format.Scalar() == "albumentations" ? "relative" : format.Scalar()));
      for (const char* rule : {"min_width", "min_height"})
        if (const double least = number_of(params, rule); least > 0)
          recipe_.notes.push_back(
              fmt::format("bbox_params: {}={} isn't carried over; see min_area", rule, least));
    }
    if (const YAML::Node params = given.find({"keypoint_params"}); params.IsMap()) {
      const YAML::Node gone = params["remove_invisible"];
      if (!gone || (gone.IsScalar() && (gone.Scalar() == "true" || gone.Scalar() == "True")))
        recipe_.rules.emplace_back("keypoints", "drop");
    }
    if (const YAML::Node more = given.find({"additional_targets"}); more.IsMap() && more.size() > 0)
      recipe_.notes.push_back(
          "additional_targets aren't carried over: a sample here has one image and any number of masks");
    if (const YAML::Node seed = given.find({"seed"}); seed.IsScalar() && !seed.IsNull())
      recipe_.notes.push_back(fmt::format("seed={} is said to the loader or the call", seed.Scalar()));
  }
  double number_of(const YAML::Node& map, const char* key) const {
    double value = 0;
    const YAML::Node node = map[key];
    if (node && !node.IsNull() && (!node.IsScalar() || !YAML::convert<double>::decode(node, value)))
      fail_at(file_, node, fmt::format("{} needs a number", key));
    return value;
  }

  /// Normalize and Standardize end a recipe: nothing can follow numbers that aren't pixels any more.
  static bool ends(const Written& one) { return one.name == "Normalize" || one.name == "Standardize"; }
  std::vector<Written> last_things_last(std::vector<Written> list) {
    const auto first = std::ranges::find_if(list, ends);
    if (first == list.end()) return list;
    Written ending = std::move(*first);
    std::vector<std::string> after;
    for (const Written& one : std::span(first + 1, list.end()))
      if (ends(one))
        recipe_.notes.push_back("a second normalisation is left out");
      else if (!one.name.empty())
        after.push_back(one.name);
    first->name = ending.name;
    std::erase_if(list, ends);
    if (!after.empty())
      ending.note(
          fmt::format("{} comes last here; there these follow it: {}", ending.name, fmt::join(after, ", ")));
    list.push_back(std::move(ending));
    return list;
  }

  /// Leaves out those that something may follow, within structures. `last`: nothing follows the list.
  void leave_out_inner_ends(std::vector<Written>& list, bool last) {
    const auto named = [](const Written& one) { return !one.name.empty(); };
    for (auto at = list.begin(); at != list.end(); ++at) {
      Written& one = *at;
      const bool again =
          std::ranges::count(one.fields, std::pair<std::string, std::string>("replace", "true")) > 0;
      const bool at_end = last && !again && std::none_of(at + 1, list.end(), named);
      if (ends(one) && !at_end) {
        recipe_.notes.push_back(fmt::format(
            "{} within a structure that others follow is left out: it must be the last", one.name));
        one = Written{.name = "", .weight = one.weight};
      } else if (one.name == "OneOf") {
        for (Written& part : one.parts) {
          std::vector<Written> alone{std::move(part)};
          leave_out_inner_ends(alone, at_end);
          part = std::move(alone.front());
        }
        keep_choices(one.parts);
      } else {
        leave_out_inner_ends(one.parts, at_end);
        if (one.name == "SomeOf") keep_choices(one.parts);
      }
    }
  }

  std::string file_;
  WrittenRecipe recipe_;
};

}  // namespace

Imported import_albumentations(const std::string& text, const std::string& name) {
  return with_yaml_errors(name, [&] {
    const YAML::Node root = load_yaml(text, name);
    const YAML::Node pipeline = root.IsMap() && root["transform"] ? root["transform"] : root;
    if (!pipeline.IsMap() || !pipeline["__class_fullname__"])
      fail_at(
          name, root,
          "this is no pipeline of Albumentations': A.save() and A.to_dict() write a map with 'transform'");
    return PipelineReader(name).pipeline(pipeline).text();
  });
}

}  // namespace doppel::augment
