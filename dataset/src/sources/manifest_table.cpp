#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "class_flags.h"
#include "csv.h"
#include "doppel/base/error.h"
#include "doppel/dataset/sources/file_source.h"
#include "manifest_rows.h"
#include "text.h"

namespace doppel::dataset {
namespace {

using Role = ManifestRole;
constexpr std::array<Role, 4> kCornerRoles{Role::X0, Role::Y0, Role::X1, Role::Y1};

/// Spreadsheets say what separates fields in a line before the header.
struct TableStart {
  char separator;
  std::size_t skipped;  ///< bytes
};
TableStart start_of(std::string_view text) {
  if (lower(text.substr(0, 4)) != "sep=" || text.size() < 5) return {separator_of(text), 0};
  const std::size_t end = text.find_first_of("\r\n");
  if (end == text.npos || trimmed(text.substr(5, end - 5)) != "") return {separator_of(text), 0};
  return {text[4], end + (text.substr(end, 2) == "\r\n" ? 2 : 1)};
}

class TableRows final : public ManifestRows {
 public:
  TableRows(std::string_view text, const ManifestRoles& roles)
      : start_(start_of(text)), csv_(text.substr(start_.skipped), start_.separator) {
    if (!csv_.next(header_)) throw Error("an empty file");
    try {
      cast_ = roles.cast(header_, "columns");
      check_header(roles);
    } catch (const Error& error) { throw Error(fmt::format("line {}: {}", line(), error.what())); }
  }
  bool next(ManifestRow& row) override {
    while (csv_.next(fields_)) {
      if (std::ranges::all_of(fields_, [](const std::string& f) { return f.empty(); })) continue;
      try {
        read(row);
      } catch (const Error& error) { throw Error(fmt::format("line {}: {}", line(), error.what())); }
      return true;
    }
    return false;
  }
  std::size_t bytes_read() const override { return start_.skipped + csv_.place(); }
  std::string_view unit() const override { return "line"; }
  std::string_view fields() const override { return "columns"; }
  const std::vector<std::string>& unused() const override { return unused_; }
  std::vector<std::string> flags() const override { return flags_.names(); }
  std::vector<std::string> kept() const override;
  std::vector<std::pair<std::string, FieldKind>> kinds() const override;

 private:
  /// A column without a role, and what all of its fields so far could be.
  struct Kept {
    std::size_t column;
    std::string name;
    FieldKind kind = FieldKind::Whole;
    bool is_said = false;
  };

  std::size_t line() const { return csv_.line() + (start_.skipped > 0 ? 1 : 0); }
  std::string field(Role role) const {
    const auto at = cast_[role];
    return at ? fields_[*at] : std::string();
  }
  void check_header(const ManifestRoles& roles);
  void read(ManifestRow& row);
  void read_box(ManifestRow& row) const;
  void read_values(ManifestRow& row);

  TableStart start_;
  CsvReader csv_;
  std::vector<std::string> header_, fields_, unused_;
  CastOfManifest cast_;
  ClassFlags flags_;                  ///< of cast_.unused
  std::vector<std::string> targets_;  ///< what numbers to learn are called
  std::string weight_, frame_;        ///< what the columns of weights and frames are called
  std::vector<Kept> kept_;
  bool has_boxes_ = false;
};

/// What texts can be, down to Text.
FieldKind kind_with(FieldKind kind, std::string_view text) {
  if (kind == FieldKind::Whole) {
    // 007 is no number, and 3.0 none that is written as a whole one.
    const auto whole = whole_number(text);
    if (whole && std::to_string(*whole) == text) return kind;
    kind = FieldKind::Real;
  }
  const bool is_code = text.size() > 1 && text[0] == '0' && text[1] != '.';
  return kind == FieldKind::Real && real_number(text) && !is_code ? kind : FieldKind::Text;
}

std::vector<std::string> TableRows::kept() const {
  std::vector<std::string> names;
  for (const Kept& one : kept_) names.push_back(one.name);
  return names;
}

std::vector<std::pair<std::string, FieldKind>> TableRows::kinds() const {
  std::vector<std::pair<std::string, FieldKind>> all;
  for (const Kept& one : kept_)
    if (one.is_said) all.emplace_back(one.name, one.kind);
  return all;
}

void TableRows::check_header(const ManifestRoles& roles) {
  targets_ = roles.targets();
  weight_ = roles.given(Role::Weight);
  frame_ = roles.given(Role::Frame);
  const auto is_there = [&](const std::string& name) {
    return std::ranges::any_of(header_, [&](const auto& one) { return lower(trimmed(one)) == lower(name); });
  };
  for (const std::string& name : targets_)
    if (!is_there(name))
      throw Error(fmt::format("no column is called '{}' (there are: {})", name, fmt::join(header_, ", ")));
  for (std::size_t role = 0; role < kManifestRoles; ++role)
    if (const std::string& name = roles.given(Role(role)); !name.empty() && !cast_.roles[role])
      throw Error(fmt::format("no column is called '{}' (there are: {})", name, fmt::join(header_, ", ")));
  if (!cast_[Role::Path])
    throw Error(fmt::format("no column is called path (there are: {}){}", fmt::join(header_, ", "),
                            std::ranges::any_of(header_, [](const auto& name) { return is_image_file(name); })
                                ? "; the first line must name the columns, as path,label"
                                : ""));
  const auto corners =
      std::ranges::count_if(kCornerRoles, [&](Role role) { return cast_[role].has_value(); });
  if (corners != 0 && corners != 4)
    throw Error("a box needs all of x0, y0, x1 and y1 (or xmin, ymin, xmax and ymax)");
  has_boxes_ = corners == 4;
  for (const Role of_objects : {Role::Maps, Role::Polygons, Role::Polylines})
    if (const auto at = cast_[of_objects]) cast_.unused.push_back(*at);
  for (const std::size_t i : cast_.unused) {
    unused_.push_back(header_[i]);
    flags_.add(header_[i]);
    if (const std::string_view name = trimmed(header_[i]); !name.empty())
      kept_.push_back({i, std::string(name)});
  }
  if (const auto at = cast_[Role::Boxes]) unused_.push_back(header_[*at]);
}

void TableRows::read(ManifestRow& row) {
  if (fields_.size() < header_.size() ||
      std::any_of(fields_.begin() + static_cast<std::ptrdiff_t>(header_.size()), fields_.end(),
                  [](const std::string& more) { return !more.empty(); }))
    throw Error(fmt::format("{} fields where the header has {}", fields_.size(), header_.size()));
  row = {};
  row.number = line();
  for (std::size_t k = 0; k < cast_.unused.size(); ++k) flags_.say(k, fields_[cast_.unused[k]]);
  row.path = field(Role::Path);
  row.label = std::string(trimmed(field(Role::Label)));
  row.part = field(Role::Part);
  if (cast_[Role::Labels]) row.list_labels(labels_in(field(Role::Labels)));
  if (cast_[Role::Width]) row.say_size(side_in(field(Role::Width)), side_in(field(Role::Height)));
  if (has_boxes_) read_box(row);
  read_values(row);
  if (cast_[Role::Objects])
    read_objects_text(field(Role::Objects), row, [this](const std::string& key) {
      if (std::ranges::find(unused_, key) == unused_.end()) unused_.push_back(key);
    });
}

void TableRows::read_values(ManifestRow& row) {
  std::vector<std::optional<double>> numbers;
  for (std::size_t k = 0; k < cast_.targets.size(); ++k)
    numbers.push_back(target_in(fields_[cast_.targets[k]], targets_[k]));
  row.say_numbers(numbers, targets_);
  if (cast_[Role::Weight]) row.weight = weight_in(field(Role::Weight), weight_);
  if (cast_[Role::Frame]) row.frame = frame_in(field(Role::Frame), frame_);
  for (Kept& one : kept_) {
    const std::string_view text = trimmed(fields_[one.column]);
    if (text.empty()) continue;
    one.is_said = true;
    if (one.kind != FieldKind::Text) one.kind = kind_with(one.kind, text);
    row.fields.push_back({one.name, std::string(text)});
  }
}

void TableRows::read_box(ManifestRow& row) const {
  std::array<double, 4> corners{};
  std::size_t empty = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::string text = field(kCornerRoles[i]);
    const auto number = real_number(text);
    if (trimmed(text).empty())
      ++empty;
    else if (!number)
      throw Error(fmt::format("'{}' isn't a number", text));
    corners[i] = number.value_or(0);
  }
  const std::string own = std::string(trimmed(field(Role::BoxLabel)));
  if (empty == 4 && !own.empty()) throw Error(fmt::format("'{}' is a box's class, but there is no box", own));
  if (empty == 4) return;
  if (empty > 0) throw Error("a box needs four numbers, or none");
  row.label_is_the_boxes = !cast_[Role::BoxLabel];
  row.boxes.push_back(
      {{corners[0], corners[1], corners[2], corners[3]}, cast_[Role::BoxLabel] ? own : row.label});
}

}  // namespace

std::unique_ptr<ManifestRows> table_rows(std::string_view text, const ManifestRoles& roles) {
  return std::make_unique<TableRows>(text, roles);
}

}  // namespace doppel::dataset
