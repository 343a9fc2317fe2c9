#include "manifest_roles.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "doppel/base/error.h"
#include "text.h"

namespace doppel::dataset {
namespace {

using RoleNames = std::vector<std::string_view>;

/// Of each role: ours, then others in the order in which they are believed.
const std::array<RoleNames, kManifestRoles>& role_names() {
  static const std::array<RoleNames, kManifestRoles> names{{
      {"path", "file", "filename", "image", "file_name", "filepath", "file_path", "image_path", "img_path",
       "image_file_name"},
      {"label", "class", "target", "category", "class_name", "label_name"},
      {"labels"},
      {"x0", "xmin", "x_min"},
      {"y0", "ymin", "y_min"},
      {"x1", "xmax", "x_max"},
      {"y1", "ymax", "y_max"},
      {"box_label", "box_class"},
      {"boxes"},
      {"objects"},
      {"maps"},
      {"polygons"},
      {"polylines"},
      {"split", "subset", "part", "set"},
      {"width"},
      {"height"},
      {"target"},
      {"weight"},
      {"frame"},
  }};
  return names;
}

std::string plain_name(std::string_view name) { return lower(trimmed(name)); }

/// Corners from 1, as x1, y1, x2, y2, are x0, y0, x1, y1.
void count_from_zero(std::vector<std::string>& names) {
  const auto has = [&](std::string_view name) { return std::ranges::find(names, name) != names.end(); };
  if (!has("x1") || !has("y1") || !has("x2") || !has("y2")) return;
  for (std::string_view first : {"x0", "xmin", "x_min", "y0", "ymin", "y_min"})
    if (has(first)) return;
  for (std::string& name : names)
    if (name == "x1" || name == "y1" || name == "x2" || name == "y2") --name[1];
}

/// One alone says nothing of an image, and beside a corner both are a box's.
void drop_other_sizes(CastOfManifest& cast, const std::vector<std::string>& names, std::vector<bool>& used) {
  auto& width = cast.roles[static_cast<std::size_t>(ManifestRole::Width)];
  auto& height = cast.roles[static_cast<std::size_t>(ManifestRole::Height)];
  if (width && height && !box_corner(names)) return;
  for (auto* side : {&width, &height}) {
    if (*side) used[**side] = false;
    side->reset();
  }
}

}  // namespace

ManifestRoles::ManifestRoles(const std::map<std::string, std::string>& columns) {
  for (const auto& [ours, theirs] : columns) {
    const std::string wanted = plain_name(ours);
    const auto found =
        std::ranges::find_if(role_names(), [&](const RoleNames& names) { return names.front() == wanted; });
    if (found == role_names().end()) {
      std::vector<std::string_view> all;
      for (const RoleNames& names : role_names()) all.push_back(names.front());
      throw UsageError(
          fmt::format("a manifest has no column '{}'; those that can be given another name are {}", ours,
                      fmt::join(all, ", ")));
    }
    given_[static_cast<std::size_t>(found - role_names().begin())] = std::string(trimmed(theirs));
  }
}

std::vector<std::string> ManifestRoles::targets() const {
  std::vector<std::string> names;
  const std::string& all = given(ManifestRole::Target);
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t end = std::min(all.find('+', at), all.size());
    const std::string name(trimmed(std::string_view(all).substr(at, end - at)));
    if (name.empty() || std::ranges::find(names, name) != names.end())
      throw UsageError(
          fmt::format("the columns of numbers to learn are NAME or NAME+NAME, each once; not '{}'", all));
    names.push_back(name);
    at = end + 1;
  }
  return names;
}

/// Those that have no name of their own, so that a column called weight isn't one by chance.
void ManifestRoles::cast_given_numbers(const std::vector<std::string>& names, CastOfManifest& cast,
                                       std::vector<bool>& used, std::string_view what) const {
  const auto find = [&](const std::string& wanted) -> std::optional<std::size_t> {
    const std::string name = plain_name(wanted);
    const auto at = std::ranges::find(names, name);
    if (at == names.end()) return {};
    if (std::ranges::count(names, name) > 1) throw Error(fmt::format("two {} are called '{}'", what, name));
    used[static_cast<std::size_t>(at - names.begin())] = true;
    return static_cast<std::size_t>(at - names.begin());
  };
  const std::vector<std::string> wanted = targets();
  for (const std::string& one : wanted)
    if (const auto at = find(one)) cast.targets.push_back(*at);
  if (!wanted.empty() && cast.targets.size() == wanted.size())
    cast.roles[static_cast<std::size_t>(ManifestRole::Target)] = cast.targets[0];
  for (const ManifestRole role : {ManifestRole::Weight, ManifestRole::Frame})
    if (!given(role).empty()) cast.roles[static_cast<std::size_t>(role)] = find(given(role));
}

CastOfManifest ManifestRoles::cast(std::span<const std::string> names, std::string_view what) const {
  std::vector<std::string> plain;
  for (const std::string& name : names) plain.push_back(plain_name(name));
  std::vector<std::string> counted = plain;
  count_from_zero(counted);
  CastOfManifest cast;
  std::vector<bool> used(names.size(), false);
  cast_given_numbers(plain, cast, used, what);
  const std::vector<bool> taken = used;
  for (std::size_t role = 0; role < static_cast<std::size_t>(ManifestRole::Target); ++role) {
    const bool is_given = !given_[role].empty();
    const std::vector<std::string>& from = is_given ? plain : counted;
    const std::string wanted = plain_name(given_[role]);
    const RoleNames candidates = is_given ? RoleNames{wanted} : role_names()[role];
    for (const std::string_view name : candidates) {
      const auto at = std::ranges::find(from, name);
      if (at == from.end()) continue;
      if (!is_given && taken[static_cast<std::size_t>(at - from.begin())]) continue;
      if (std::ranges::count(from, name) > 1) throw Error(fmt::format("two {} are called '{}'", what, name));
      cast.roles[role] = static_cast<std::size_t>(at - from.begin());
      used[*cast.roles[role]] = true;
      break;
    }
  }
  // Hugging Face's "input_file_name", where it's the only one.
  auto& path = cast.roles[static_cast<std::size_t>(ManifestRole::Path)];
  const auto is_file_name = [](const std::string& name) { return name.ends_with("_file_name"); };
  if (!path && given_[static_cast<std::size_t>(ManifestRole::Path)].empty() &&
      std::ranges::count_if(plain, is_file_name) == 1) {
    path = static_cast<std::size_t>(std::ranges::find_if(plain, is_file_name) - plain.begin());
    used[*path] = true;
  }
  // Several labels say more than one.
  auto& label = cast.roles[static_cast<std::size_t>(ManifestRole::Label)];
  if (label && cast[ManifestRole::Labels]) {
    used[*label] = false;
    label.reset();
  }
  drop_other_sizes(cast, plain, used);
  for (std::size_t i = 0; i < names.size(); ++i)
    if (!used[i]) cast.unused.push_back(i);
  return cast;
}

std::optional<std::pair<std::string_view, std::string_view>> box_corner(std::span<const std::string> names) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kCorners{
      {{"x", "y"},
       {"left", "top"},
       {"x_center", "y_center"},
       {"xcenter", "ycenter"},
       {"center_x", "center_y"},
       {"x_centre", "y_centre"},
       {"cx", "cy"},
       {"xc", "yc"},
       {"xmid", "ymid"},
       {"bbox_x", "bbox_y"},
       {"bx", "by"},
       {"box_x", "box_y"}}};
  const auto has = [&](std::string_view wanted) {
    return std::ranges::any_of(names, [&](const std::string& name) { return plain_name(name) == wanted; });
  };
  for (const auto& corner : kCorners)
    if (has(corner.first) && has(corner.second)) return corner;
  return {};
}

bool is_box_extent(std::string_view name) {
  static constexpr std::array<std::string_view, 10> kNames{"width",  "height", "w",  "h",      "right",
                                                           "bottom", "bw",     "bh", "bbox_w", "bbox_h"};
  return std::ranges::find(kNames, name) != kNames.end();
}

namespace {

std::string listed_names(std::string_view begin, std::span<const std::string> names) {
  constexpr std::size_t kMost = 12;
  std::vector<std::string> shown;
  for (const std::string& name : names.first(std::min(names.size(), kMost)))
    shown.push_back(trimmed(name).empty() ? "'' (without a name)" : std::string(trimmed(name)));
  return fmt::format("{}: {}{}", begin, fmt::join(shown, ", "),
                     names.size() > kMost ? fmt::format(" and {} more", names.size() - kMost) : "");
}

}  // namespace

std::string unused_names(std::string_view what, std::span<const std::string> names) {
  return listed_names(fmt::format("{} that aren't used", what), names);
}

std::string kept_names(std::string_view what, std::span<const std::string> names) {
  return listed_names(fmt::format("{} kept as fields", what), names);
}

}  // namespace doppel::dataset
