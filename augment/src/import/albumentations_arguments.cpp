#include "albumentations_arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/yaml_fields.h"
#include "doppel/base/error.h"

namespace doppel::augment {
namespace {

/// Arguments without a counterpart that change nothing as they are here; "" is any value.
constexpr std::array<std::pair<std::string_view, std::string_view>, 48> kHarmless{{
    {"p", ""},
    {"always_apply", ""},
    {"id", ""},
    {"__class_fullname__", ""},
    {"transforms", ""},
    {"mask_interpolation", ""},
    {"fill_mask", ""},
    {"mask_value", ""},
    {"mask_fill_value", ""},
    {"mask_pad_val", ""},
    {"cval_mask", ""},
    {"pad_cval_mask", ""},
    {"mask_drop_value", ""},
    {"keypoint_remapping_method", ""},
    {"keypoints_threshold", ""},
    {"rotate_method", "largest_box"},
    {"area_for_downscale", ""},
    {"pad_position", "center"},
    {"position", "center"},
    {"approximate", ""},
    {"approximation", ""},
    {"same_dxdy", "false"},
    {"noise_distribution", "gaussian"},
    {"normalized", ""},
    {"balanced_scale", "false"},
    {"fit_output", "false"},
    {"shift_limit", ""},
    {"noise_scale_factor", "1"},
    {"ensure_safe_range", ""},
    {"by_channels", "true"},
    {"mode", ""},
    {"mask_params", ""},
    {"params", ""},
    {"num_output_channels", "3"},
    {"strict", ""},
    {"absolute_scale", "false"},
    {"allow_shifted", ""},
    {"sampling_method", ""},
    {"plasma_size", ""},
    {"max_size", ""},
    {"read_fn", ""},
    {"transpose_mask", ""},
    {"blur_limit", ""},
    {"sigma_limit", ""},
    {"save_key", ""},
    {"random_offset", "true"},
    {"spatial_mode", ""},
    {"noise_type", ""},
}};

/// Python's True is serialised as true, its 1.0 as 1.0: compared as text without case.
std::string plain_text(const YAML::Node& node) {
  std::string text = node.IsScalar() ? node.Scalar() : YAML::Dump(YAML::Clone(node));
  std::ranges::replace(text, '\n', ' ');
  if (text.size() > 60) text = text.substr(0, 57) + "…";
  return text;
}
bool same_word(std::string a, std::string_view b) {
  std::ranges::transform(a, a.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (a.ends_with(".0")) a.resize(a.size() - 2);
  return a == b;
}

double number_at(const YAML::Node& node, const std::string& file, const std::string& what) {
  double value = 0;
  if (!node.IsScalar() || !YAML::convert<double>::decode(node, value) || !std::isfinite(value))
    fail_at(file, node, fmt::format("{} needs a number, not '{}'", what, plain_text(node)));
  return value;
}

}  // namespace

AlbumentationsArguments::AlbumentationsArguments(YAML::Node map, std::string file)
    : map_(std::move(map)), file_(std::move(file)) {
  const YAML::Node full = map_.IsMap() ? std::as_const(map_)["__class_fullname__"] : YAML::Node();
  if (!full || !full.IsScalar())
    fail_at(file_, map_, "a transform of Albumentations' is a map with its '__class_fullname__'");
  name_ = full.Scalar().substr(full.Scalar().rfind('.') + 1);
}

double AlbumentationsArguments::chance(double initial) const {
  const YAML::Node always = map_["always_apply"], p = map_["p"];
  if (always && always.IsScalar() && same_word(always.Scalar(), "true")) return 1;
  if (!p || p.IsNull()) return initial;
  const double chance = number_at(p, file_, name_ + ": p");
  if (chance < 0 || chance > 1)
    fail_at(file_, p, fmt::format("{}: p is {}, but must be 0 to 1", name_, chance));
  return chance;
}

YAML::Node AlbumentationsArguments::find(Names names) {
  YAML::Node found;
  bool there = false;
  for (const char* name : names) {
    const YAML::Node node = std::as_const(map_)[name];
    if (!node) continue;
    used_.insert(name);
    if (there || node.IsNull()) continue;
    found.reset(node);
    there = true;
  }
  return found;
}

double AlbumentationsArguments::number(Names names, double initial) {
  const YAML::Node node = find(names);
  return node.IsNull() ? initial : number_at(node, file_, name_ + ": " + *names.begin());
}

Range AlbumentationsArguments::range_at(const YAML::Node& node, const std::string& name,
                                        OneNumber one) const {
  const std::string what = name_ + ": " + name;
  if (node.IsScalar()) {
    const double v = number_at(node, file_, what);
    return one == OneNumber::Itself ? Range{v, v} : Range{-std::abs(v), std::abs(v)};
  }
  if (!node.IsSequence() || node.size() != 2)
    fail_at(file_, node, fmt::format("{} needs two numbers, not '{}'", what, plain_text(node)));
  const double a = number_at(node[0], file_, what), b = number_at(node[1], file_, what);
  return {std::min(a, b), std::max(a, b)};
}

Range AlbumentationsArguments::range(Names names, Range initial, OneNumber one) {
  const YAML::Node node = find(names);
  return node.IsNull() ? initial : range_at(node, *names.begin(), one);
}

Range AlbumentationsArguments::range_of_axis(Names names, const char* axis, Range initial, OneNumber one) {
  const YAML::Node node = find(names);
  if (node.IsNull()) return initial;
  if (!node.IsMap()) return range_at(node, *names.begin(), one);
  const YAML::Node part = node[axis];
  return !part || part.IsNull() ? initial : range_at(part, *names.begin(), one);
}

bool AlbumentationsArguments::flag(Names names, bool initial) {
  const YAML::Node node = find(names);
  if (node.IsNull()) return initial;
  bool value = false;
  if (!node.IsScalar() || !YAML::convert<bool>::decode(node, value))
    fail_at(file_, node,
            fmt::format("{}: {} needs true or false, not '{}'", name_, *names.begin(), plain_text(node)));
  return value;
}

std::string AlbumentationsArguments::word(Names names, const char* initial) {
  const YAML::Node node = find(names);
  if (node.IsNull()) return initial;
  if (!node.IsScalar()) fail_at(file_, node, fmt::format("{}: {} needs a word", name_, *names.begin()));
  return node.Scalar();
}

std::vector<double> AlbumentationsArguments::numbers(Names names) {
  const YAML::Node node = find(names);
  std::vector<double> list;
  if (node.IsNull()) return list;
  const std::string what = name_ + ": " + *names.begin();
  if (node.IsScalar()) return {number_at(node, file_, what)};
  if (!node.IsSequence()) fail_at(file_, node, what + " needs numbers");
  for (const auto& item : node) list.push_back(number_at(item, file_, what));
  return list;
}

bool AlbumentationsArguments::is_whole(Names names) {
  const YAML::Node node = find(names);
  const YAML::Node first = node.IsSequence() && node.size() > 0 ? node[0] : node;
  return first.IsScalar() && first.Scalar().find_first_not_of("-0123456789") == std::string::npos;
}

std::string AlbumentationsArguments::fill(Names modes, Names values) {
  // OpenCV's numbers, and scikit-image's words of PiecewiseAffine before 2.0.
  static constexpr std::array<std::string_view, 5> kRules{"", "replicate", "symmetric", "wrap", "reflect"};
  static constexpr std::array<std::string_view, 5> kWords{"constant", "edge", "symmetric", "wrap", "reflect"};
  const std::string mode = word(modes, "0");
  std::size_t rule =
      static_cast<std::size_t>(std::ranges::find(kWords, mode) - kWords.begin()) % kWords.size();
  if (mode.size() == 1 && mode >= "0" && mode <= "4") rule = static_cast<std::size_t>(mode[0] - '0');
  const std::string shown = color(values);
  return rule == 0 ? shown : std::string(kRules[rule]);
}

std::string AlbumentationsArguments::color(Names names) {
  const YAML::Node node = find(names);
  if (node.IsNull() ||
      (node.IsScalar() && node.Scalar().find_first_not_of("-+.0123456789eE") != std::string::npos))
    return "0";
  std::vector<double> levels = numbers(names);
  for (double& level : levels) level = std::clamp(level / 255, 0., 1.);
  if (levels.size() < 3) return number_yaml(levels.empty() ? 0 : levels.front());
  levels.resize(3);
  return list_yaml(levels);
}

void AlbumentationsArguments::cover(Written& made, Names names) {
  const YAML::Node node = find(names);
  const std::string value = node.IsScalar() ? node.Scalar() : "";
  if (value.starts_with("random")) {
    made.set("fill", "noise");
    if (value != "random") note(fmt::format("fill '{}' is noise here, not one colour", value));
  } else if (value.starts_with("inpaint")) {
    made.set("fill", "blur");
    note(fmt::format("fill '{}' is a blurred copy here", value));
  } else {
    made.set("fill", "color");
    if (const std::string shown = color(names); shown != "0")
      made.set("color", shown.front() == '[' ? shown : "[" + shown + "]");
  }
}

std::string AlbumentationsArguments::resize_filter() {
  static constexpr std::array<std::string_view, 5> kFilters{"nearest", "bilinear", "bicubic", "area",
                                                            "lanczos"};
  const double which = number({"interpolation"}, 1);
  if (which == 5) return "bilinear";
  if (which == 6) return "nearest";
  return std::string(kFilters[which >= 0 && which < 5 ? static_cast<std::size_t>(which) : 1]);
}

std::string AlbumentationsArguments::warp_filter() {
  const std::string filter = resize_filter();
  return filter == "area" ? "bilinear" : filter == "lanczos" ? "bicubic" : filter;
}

void AlbumentationsArguments::sample(Written& made) {
  made.set("fill",
           fill({"border_mode", "mode", "pad_mode"}, {"fill", "value", "cval", "pad_val", "pad_cval"}));
  if (const std::string filter = warp_filter(); filter != "bilinear") made.set("filter", filter);
}

std::vector<std::string> AlbumentationsArguments::notes() {
  for (const auto& pair : map_) {
    const std::string key = pair.first.as<std::string>();
    if (used_.contains(key) || pair.second.IsNull()) continue;
    const auto harmless = std::ranges::find_if(kHarmless, [&](const auto& known) {
      return known.first == key && (known.second.empty() || same_word(plain_text(pair.second), known.second));
    });
    if (harmless == kHarmless.end())
      note(fmt::format("{}={} isn't carried over", key, plain_text(pair.second)));
  }
  return notes_;
}

}  // namespace doppel::augment
