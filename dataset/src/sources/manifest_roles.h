// Which column of a manifest, or which key of its objects, says what.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace doppel::dataset {

enum class ManifestRole {
  Path,
  Label,
  Labels,
  X0,
  Y0,
  X1,
  Y1,
  BoxLabel,
  Boxes,
  Objects,
  Maps,  ///< of objects alone, as the next two
  Polygons,
  Polylines,
  Part,
  Width,
  Height,
  Target,  ///< only where a user gave it, as the next two; several between plus signs
  Weight,
  Frame
};
inline constexpr std::size_t kManifestRoles = 19;

/// Who has which role among some names, and who has none.
struct CastOfManifest {
  std::array<std::optional<std::size_t>, kManifestRoles> roles;  ///< the number of the name
  std::vector<std::size_t> targets;  ///< of ManifestRoles::targets(), where all are there
  std::vector<std::size_t> unused;
  std::optional<std::size_t> operator[](ManifestRole role) const {
    return roles[static_cast<std::size_t>(role)];
  }
};

/// Our names, those that people use instead, and those that a user gave.
class ManifestRoles {
 public:
  /// `columns`: our name to theirs, which then alone counts. Throws UsageError for a name that isn't ours.
  explicit ManifestRoles(const std::map<std::string, std::string>& columns = {});
  /// By names, in any case and without blanks around them. Throws Error where two that count are the same;
  /// `what`: "columns", "keys".
  CastOfManifest cast(std::span<const std::string> names, std::string_view what) const;
  /// The name that a user gave; empty where none was.
  const std::string& given(ManifestRole role) const { return given_[static_cast<std::size_t>(role)]; }
  /// What the numbers to learn are called, as a user gave them; of given(Target), which holds one or several.
  std::vector<std::string> targets() const;

 private:
  void cast_given_numbers(const std::vector<std::string>& names, CastOfManifest& cast,
                          std::vector<bool>& used, std::string_view what) const;
  std::array<std::string, kManifestRoles> given_;
};

/// Names, in lower case, of columns for a box's upper left corner or its centre, across and down: "left" and
/// "top", "cx" and "cy"; not ours. Nothing where there aren't both.
std::optional<std::pair<std::string_view, std::string_view>> box_corner(std::span<const std::string> names);
/// Whether a name in lower case is one for how far a box reaches from there: "right", "w".
bool is_box_extent(std::string_view name);

/// "columns that aren't used: …", with as many names as fit a line. `what`: "columns", "keys".
std::string unused_names(std::string_view what, std::span<const std::string> names);
/// "columns kept as fields: …", the same way.
std::string kept_names(std::string_view what, std::span<const std::string> names);

}  // namespace doppel::dataset
