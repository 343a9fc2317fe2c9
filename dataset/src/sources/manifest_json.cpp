#include <fmt/format.h>
#include <fmt/ranges.h>
#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <unordered_map>
#include <unordered_set>

#include "class_flags.h"
#include "doppel/base/error.h"
#include "json_fault.h"
#include "json_field.h"
#include "manifest_rows.h"
#include "manifest_targets.h"
#include "text.h"

namespace doppel::dataset {
namespace {

namespace json = simdjson::dom;
using Role = ManifestRole;
using Element = std::optional<json::element>;

double json_number(const json::element& value) {
  double number = 0;
  if (value.get(number) == simdjson::SUCCESS && std::isfinite(number)) return number;
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS)
    if (const auto said = real_number(text)) return *said;
  throw Error("a box needs four numbers");
}

int json_side(const json::element& value) {
  std::string_view text;
  double number = 0;
  if (value.get(text) == simdjson::SUCCESS) return side_in(text);
  return value.get(number) == simdjson::SUCCESS ? side_in(fmt::format("{}", number)) : 0;
}

json::array json_list(const json::element& value, std::string_view name) {
  json::array list;
  if (value.get(list) != simdjson::SUCCESS) throw Error(fmt::format("`{}` must be a list", name));
  return list;
}

/// Four corners, and a class where there's a fifth entry.
ManifestRow::LabelledBox json_box(const json::element& entry, const std::string& label) {
  json::array numbers;
  if (entry.get(numbers) != simdjson::SUCCESS || (numbers.size() != 4 && numbers.size() != 5))
    throw Error("a box is [x0, y0, x1, y1] or [x0, y0, x1, y1, label]");
  return {{json_number(numbers.at(0)), json_number(numbers.at(1)), json_number(numbers.at(2)),
           json_number(numbers.at(3))},
          numbers.size() == 5 ? json_class(numbers.at(4)) : label};
}

/// As COCO has it: corner, width and height.
augment::Box json_coco_box(const json::element& entry) {
  json::array numbers;
  if (entry.get(numbers) != simdjson::SUCCESS || numbers.size() != 4)
    throw Error("`objects`: a `bbox` is [x, y, width, height]");
  const double x = json_number(numbers.at(0)), y = json_number(numbers.at(1));
  return {x, y, x + json_number(numbers.at(2)), y + json_number(numbers.at(3))};
}

bool is_category(std::string_view key) {
  static constexpr std::array<std::string_view, 6> kNames{"categories", "category", "label",
                                                          "labels",     "class",    "category_id"};
  return std::ranges::find(kNames, lower(key)) != kNames.end();
}

/// Is told of keys that say nothing to us.
using NotUsed = std::function<void(const std::string&)>;

void read_object_lists(const json::object& lists, ManifestRow& row, const NotUsed& not_used) {
  Element boxes, categories;
  for (const auto field : lists) {
    if (lower(field.key) == "bbox")
      boxes = field.value;
    else if (is_category(field.key) && !categories)
      categories = field.value;
    else
      not_used(fmt::format("objects.{}", field.key));
  }
  if (!boxes) throw Error("`objects` has no `bbox`");
  if (boxes->is_null()) return;
  const std::size_t first = row.boxes.size();
  for (const json::element entry : json_list(*boxes, "objects.bbox"))
    row.boxes.push_back({json_coco_box(entry), row.label});
  if (!categories || categories->is_null()) return;
  const json::array names = json_list(*categories, "objects.categories");
  if (names.size() != row.boxes.size() - first)
    throw Error(
        fmt::format("`objects` has {} boxes, but {} categories", row.boxes.size() - first, names.size()));
  std::size_t k = first;
  for (const json::element name : names) row.boxes[k++].label = json_class(name);
}

/// Hugging Face's: lists of boxes and of their classes, or a list of objects with one of each.
void read_objects(const json::element& objects, ManifestRow& row, const NotUsed& not_used) {
  if (objects.is_object()) return read_object_lists(json::object(objects), row, not_used);
  for (const json::element entry : json_list(objects, "objects")) {
    json::object one;
    if (entry.get(one) != simdjson::SUCCESS) throw Error("`objects` holds something else than objects");
    Element box, category;
    for (const auto field : one) {
      if (lower(field.key) == "bbox")
        box = field.value;
      else if (is_category(field.key) && !category)
        category = field.value;
      else
        not_used(fmt::format("objects.{}", field.key));
    }
    if (!box) throw Error("`objects`: one without `bbox`");
    row.boxes.push_back(
        {json_coco_box(*box), category && !category->is_null() ? json_class(*category) : row.label});
  }
}

/// A number or text as it stands there; "" for null.
std::string plain_text(const json::element& value) {
  if (value.is_null()) return {};
  return value.is_string() ? std::string(std::string_view(value.get_string())) : simdjson::minify(value);
}

/// Rows from objects; where the objects come from is up to those below.
class JsonRows : public ManifestRows {
 public:
  explicit JsonRows(const ManifestRoles& roles) : roles_(roles) {}
  std::string_view fields() const override { return "keys"; }
  const std::vector<std::string>& unused() const override { return unused_; }
  std::vector<std::string> flags() const override { return flags_.names(); }
  std::vector<std::string> kept() const override { return kept_; }

 protected:
  void read(const json::element& element, std::size_t number, ManifestRow& row);
  /// Throws Error for a key that a user named and no object has.
  void check_given() const;

 private:
  void cast(const json::object& object);
  Element field(const json::object& object, Role role) const;
  void read_label(const json::object& object, ManifestRow& row) const;
  void read_boxes(const json::object& object, ManifestRow& row);
  void not_used(const std::string& key) {
    if (known_unused_.insert(key).second) unused_.push_back(key);
  }
  void say_flags(const json::object& object);
  void read_values(const json::object& object, ManifestRow& row) const;

  ManifestRoles roles_;
  std::vector<std::string> targets_ = roles_.targets();  ///< what numbers to learn are called
  std::vector<std::string> keys_, unused_, kept_;        ///< of the last object; of all
  std::unordered_set<std::string> known_unused_;
  ClassFlags flags_;
  std::unordered_map<std::string, std::size_t> flag_of_;  ///< keys without a role
  CastOfManifest cast_;                                   ///< of keys_
  std::array<bool, kManifestRoles> met_{};
};

/// Most objects have the keys of the last.
void JsonRows::cast(const json::object& object) {
  bool same = object.size() == keys_.size();
  std::size_t i = 0;
  for (const auto field : object)
    if (!same || field.key != keys_[i++]) {
      same = false;
      break;
    }
  if (same) return;
  keys_.clear();
  for (const auto field : object) keys_.emplace_back(field.key);
  cast_ = roles_.cast(keys_, "keys");
  for (std::size_t role = 0; role < kManifestRoles; ++role) met_[role] = met_[role] || cast_.roles[role];
  for (const std::size_t k : cast_.unused) {
    if (!known_unused_.contains(keys_[k]) && !keys_[k].empty()) kept_.push_back(keys_[k]);
    not_used(keys_[k]);
  }
}

void JsonRows::say_flags(const json::object& object) {
  std::size_t k = 0, next = 0;
  for (const auto field : object) {
    if (next == cast_.unused.size()) return;
    if (k++ != cast_.unused[next]) continue;
    const std::string& key = keys_[cast_.unused[next++]];
    const auto [at, is_new] = flag_of_.try_emplace(key, flag_of_.size());
    if (is_new) flags_.add(key);
    const bool is_list = field.value.is_array() || field.value.is_object();
    if (!field.value.is_null()) flags_.say(at->second, is_list ? "a list" : json_class(field.value));
  }
}

Element JsonRows::field(const json::object& object, Role role) const {
  const auto at = cast_[role];
  if (!at) return {};
  const json::element value = (*std::next(object.begin(), static_cast<std::ptrdiff_t>(*at))).value;
  return value.is_null() ? Element() : value;
}

void JsonRows::read(const json::element& element, std::size_t number, ManifestRow& row) {
  row = {};
  row.number = number;
  json::object object;
  if (element.get(object) != simdjson::SUCCESS) throw Error("not a JSON object");
  cast(object);
  say_flags(object);
  const Element path = field(object, Role::Path);
  if (!path || !path->is_string())
    throw Error(fmt::format("no `path`{}",
                            keys_.empty() ? "" : fmt::format(" (there are: {})", fmt::join(keys_, ", "))));
  row.path = std::string(trimmed(std::string_view(path->get_string())));
  if (const Element part = field(object, Role::Part))
    row.part =
        part->is_string() ? std::string(std::string_view(part->get_string())) : "something else than text";
  const Element width = field(object, Role::Width), height = field(object, Role::Height);
  if (width && height) row.say_size(json_side(*width), json_side(*height));
  read_label(object, row);
  read_boxes(object, row);
  read_values(object, row);
}

void JsonRows::read_values(const json::object& object, ManifestRow& row) const {
  std::vector<std::optional<double>> numbers(targets_.size());
  std::size_t at = 0, next = 0;
  for (const auto field : object) {
    const std::size_t k = at++;
    for (std::size_t t = 0; t < cast_.targets.size(); ++t)
      if (cast_.targets[t] == k && cast_[Role::Target])
        numbers[t] = target_in(plain_text(field.value), targets_[t]);
    if (next == cast_.unused.size() || cast_.unused[next] != k) continue;
    ++next;
    if (keys_[k].empty() || field.value.is_null()) continue;
    row.fields.push_back({keys_[k], json_field(field.value)});
  }
  row.say_numbers(numbers, targets_);
  if (const Element weight = field(object, Role::Weight))
    row.weight = weight_in(plain_text(*weight), roles_.given(Role::Weight));
  if (const Element frame = field(object, Role::Frame))
    row.frame = frame_in(plain_text(*frame), roles_.given(Role::Frame));
}

void JsonRows::read_label(const json::object& object, ManifestRow& row) const {
  if (const Element several = field(object, Role::Labels)) {
    std::vector<std::string> names;
    if (several->is_array())
      for (const json::element name : json::array(*several)) names.push_back(json_class(name));
    else
      names = labels_in(json_class(*several));
    std::erase(names, "");
    row.list_labels(names);
    return;
  }
  const Element label = field(object, Role::Label);
  if (!label) return;
  if (!label->is_object()) {
    row.label = json_class(*label);
    return;
  }
  for (const auto share : json::object(*label)) {
    double weight = 0;
    if (share.value.get(weight) != simdjson::SUCCESS || !std::isfinite(weight))
      throw Error(fmt::format("the share of '{}' isn't a number", share.key));
    row.shares.emplace_back(std::string(trimmed(share.key)), weight);
  }
}

void JsonRows::read_boxes(const json::object& object, ManifestRow& row) {
  std::array<Element, 4> corners;
  const std::array<Role, 4> roles{Role::X0, Role::Y0, Role::X1, Role::Y1};
  std::ranges::transform(roles, corners.begin(), [&](Role role) { return field(object, role); });
  const auto said = std::ranges::count_if(corners, [](const Element& one) { return one.has_value(); });
  if (said != 0 && said != 4) throw Error("a box needs all of x0, y0, x1 and y1");
  if (said == 4) {
    const Element own = field(object, Role::BoxLabel);
    row.label_is_the_boxes = !own && !row.label.empty();
    row.boxes.push_back({{json_number(*corners[0]), json_number(*corners[1]), json_number(*corners[2]),
                          json_number(*corners[3])},
                         own ? json_class(*own) : row.label});
  }
  if (const Element boxes = field(object, Role::Boxes))
    for (const json::element entry : json_list(*boxes, "boxes"))
      row.boxes.push_back(json_box(entry, row.label));
  if (const Element objects = field(object, Role::Objects))
    read_objects(*objects, row, [this](const std::string& key) { not_used(key); });
  for (const bool closed : {true, false})
    if (const Element drawn = field(object, closed ? Role::Polygons : Role::Polylines))
      std::ranges::move(outlines_in(*drawn, closed, row.label), std::back_inserter(row.outlines));
  if (const Element maps = field(object, Role::Maps)) row.maps = maps_in(*maps);
}

void JsonRows::check_given() const {
  for (std::size_t role = 0; role < kManifestRoles; ++role) {
    if (roles_.given(Role(role)).empty() || met_[role]) continue;
    const std::vector<std::string> wanted =
        Role(role) == Role::Target ? targets_ : std::vector<std::string>{roles_.given(Role(role))};
    const auto missing = std::ranges::find_if(
        wanted, [&](const std::string& name) { return std::ranges::find(keys_, name) == keys_.end(); });
    throw Error(fmt::format("no object has a key called '{}' (the last has: {})",
                            missing == wanted.end() ? roles_.given(Role(role)) : *missing,
                            fmt::join(keys_, ", ")));
  }
}

/// An error of `act`, with its place before it.
void at_place(std::string_view unit, std::size_t number, const auto& act) {
  try {
    act();
  } catch (const Error& error) {
    throw Error(fmt::format("{} {}: {}", unit, number, error.what()));
  } catch (const simdjson::simdjson_error& error) {
    throw Error(fmt::format("{} {}: damaged JSON: {}", unit, number, json_fault(error.error())));
  }
}

class LinesOfJson final : public JsonRows {
 public:
  LinesOfJson(std::string_view text, const ManifestRoles& roles, std::string_view unit)
      : JsonRows(roles), begin_(text.data()), unit_(unit), lines_(lines_of(text)) {}
  std::string_view unit() const override { return unit_; }
  std::size_t bytes_read() const override {
    return at_ == 0 ? 0 : static_cast<std::size_t>(lines_[at_ - 1].data() - begin_) + lines_[at_ - 1].size();
  }
  bool next(ManifestRow& row) override {
    while (at_ < lines_.size() && trimmed(lines_[at_]).empty()) ++at_;
    if (at_ == lines_.size()) {
      check_given();
      return false;
    }
    const std::string_view line = trimmed(lines_[at_++]);
    at_place(unit(), at_, [&] {
      json::element element;
      if (const auto error = parser_.parse(line.data(), line.size()).get(element))
        throw Error(fmt::format("not a JSON object: {}", json_fault(error)));
      read(element, at_, row);
    });
    return true;
  }

 private:
  const char* begin_;
  std::string_view unit_;
  std::vector<std::string_view> lines_;
  std::size_t at_ = 0;
  json::parser parser_;
};

class ListOfJson final : public JsonRows {
 public:
  ListOfJson(std::string_view text, const ManifestRoles& roles) : JsonRows(roles), bytes_(text.size()) {
    json::array list;
    if (const auto error = parser_.parse(text.data(), text.size()).get(list))
      throw Error(fmt::format("not a JSON list: {}", json_fault(error)));
    for (const json::element element : list) elements_.push_back(element);
  }
  std::string_view unit() const override { return "entry"; }
  std::size_t bytes_read() const override {
    return elements_.empty()
               ? 0
               : static_cast<std::size_t>(static_cast<double>(bytes_) * static_cast<double>(at_) /
                                          static_cast<double>(elements_.size()));
  }
  bool next(ManifestRow& row) override {
    if (at_ == elements_.size()) {
      check_given();
      return false;
    }
    const json::element& element = elements_[at_++];
    at_place(unit(), at_, [&] { read(element, at_, row); });
    return true;
  }

 private:
  std::size_t bytes_, at_ = 0;
  json::parser parser_;
  std::vector<json::element> elements_;
};

}  // namespace

void read_objects_text(std::string_view text, ManifestRow& row,
                       const std::function<void(const std::string&)>& not_used) {
  std::string own(trimmed(text));
  if (own.empty()) return;
  // What a table's writer made of Python's dictionary.
  if (own.find('"') == own.npos) std::ranges::replace(own, '\'', '"');
  json::parser parser;
  json::element objects;
  if (parser.parse(own).get(objects) != simdjson::SUCCESS) throw Error("`objects` is no JSON");
  if (!objects.is_null()) read_objects(objects, row, not_used);
}

std::string json_class(const json::element& value) {
  std::int64_t whole = 0;
  std::uint64_t large = 0;
  double real = 0;
  bool truth = false;
  if (value.is_string()) return std::string(trimmed(std::string_view(value.get_string())));
  if (value.get(whole) == simdjson::SUCCESS) return std::to_string(whole);
  if (value.get(large) == simdjson::SUCCESS) return std::to_string(large);
  if (value.get(truth) == simdjson::SUCCESS) return truth ? "true" : "false";
  if (value.get(real) != simdjson::SUCCESS)
    throw Error("a label must be text or a whole number; several go into a list `labels`");
  const std::string text = fmt::format("{}", real);
  const auto as_whole = whole_number(text);
  return as_whole ? std::to_string(*as_whole) : text;
}

std::unique_ptr<ManifestRows> json_rows(std::string_view text, const ManifestRoles& roles,
                                        std::string_view line) {
  if (trimmed(text).starts_with('[')) return std::make_unique<ListOfJson>(trimmed(text), roles);
  return std::make_unique<LinesOfJson>(text, roles, line);
}

}  // namespace doppel::dataset
