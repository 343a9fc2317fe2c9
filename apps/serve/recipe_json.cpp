#include "serve/recipe_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "doppel/augment/recipe/catalogue.h"

namespace doppel::apps {
namespace {

using Json = nlohmann::json;

Json transform_json(const augment::Transform& transform);

Json words_json(std::span<const std::string_view> words) {
  return std::vector<std::string>(words.begin(), words.end());
}

/// A field's value as YamlWriter writes it.
struct ValueJson {
  template <class T>
  Json operator()(const T* value) const {
    return *value;
  }
  Json operator()(const Range* v) const { return {v->low, v->high}; }
  Json operator()(const IntRange* v) const { return {v->low, v->high}; }
  Json operator()(const Size* v) const { return {v->height, v->width}; }
  Json operator()(const Fill* v) const {
    if (v->kind != Fill::Kind::Color) return kFillNames[static_cast<std::size_t>(v->kind)];
    Json color = v->color;
    if (v->color[3] == 1) color.erase(3);
    return color;
  }
  Json operator()(const doppel::Choice& v) const { return v.names[static_cast<std::size_t>(*v.position)]; }
  Json operator()(const Kinds* v) const { return v->name(); }
  Json operator()(Children* v) const {
    Json list = Json::array();
    for (const augment::Transform& child : items_of<augment::Transform>(*v))
      list.push_back(transform_json(child));
    return list;
  }
};

/// Which control a value needs.
struct KindName {
  const char* operator()(const bool*) const { return "bool"; }
  const char* operator()(const double*) const { return "number"; }
  const char* operator()(const int*) const { return "whole"; }
  const char* operator()(const std::uint64_t*) const { return "whole"; }
  const char* operator()(const Range*) const { return "range"; }
  const char* operator()(const IntRange*) const { return "whole range"; }
  const char* operator()(const Size*) const { return "size"; }
  const char* operator()(const Fill*) const { return "fill"; }
  const char* operator()(const std::vector<double>*) const { return "numbers"; }
  const char* operator()(const std::string*) const { return "text"; }
  const char* operator()(const std::vector<std::string>*) const { return "texts"; }
  const char* operator()(Children*) const { return "transforms"; }
  const char* operator()(const doppel::Choice&) const { return "choice"; }
  const char* operator()(const Kinds*) const { return "choice"; }
};

/// The values of fields, by name.
class FieldValues final : public FieldVisitor {
 public:
  Json values = Json::object();

 private:
  void visit(const FieldInfo& info, const FieldValue& value) override {
    values[std::string(info.name)] = std::visit(ValueJson(), value);
  }
};

/// What there is to know of fields, in their order.
class ControlCollector final : public FieldVisitor {
 public:
  Json fields = Json::array();

 private:
  void visit(const FieldInfo& info, const FieldValue& value) override {
    Json field{{"name", info.name},
               {"kind", std::visit(KindName(), value)},
               {"value", std::visit(ValueJson(), value)},
               {"unit", info.unit},
               {"help", info.help}};
    // JSON has no infinity: an end that is left out is none.
    if (std::isfinite(info.bounds.low)) field["low"] = info.bounds.low;
    if (std::isfinite(info.bounds.high)) field["high"] = info.bounds.high;
    if (info.bounds.above_low) field["above_low"] = true;
    if (info.bounds.below_high) field["below_high"] = true;
    for (const NamedRange& named : info.named)
      field["named"].push_back({{"name", named.name}, {"value", {named.value.low, named.value.high}}});
    if (const auto* choice = std::get_if<doppel::Choice>(&value)) field["words"] = words_json(choice->names);
    if (std::holds_alternative<Fill*>(value)) field["words"] = words_json(std::span(kFillNames).subspan(1));
    if (auto* const* children = std::get_if<Children*>(&value))
      field["may_be_none"] = (*children)->may_be_none();
    fields.push_back(std::move(field));
  }
};

Json values_of(auto thing) {
  FieldValues collector;
  thing.fields(collector);
  return std::move(collector.values);
}

Json transform_json(const augment::Transform& transform) {
  Json fields = values_of(transform);
  const augment::LabelRules& rules = transform.rules();
  if (!rules.only.empty()) fields["only_labels"] = rules.only;
  if (!rules.except.empty()) fields["except_labels"] = rules.except;
  if (!rules.relabel.empty()) fields["relabel"] = rules.relabel;
  const augment::Schedule& schedule = transform.schedule();
  if (schedule.from > 0) fields["from"] = schedule.from;
  if (schedule.until < 1) fields["until"] = schedule.until;
  if (schedule.start) fields["start"] = values_of(*schedule.start);
  return {{std::string(transform.name()), std::move(fields)}};
}

}  // namespace

nlohmann::json catalogue_json() {
  Json all = Json::array();
  for (const augment::CatalogueEntry& entry : augment::catalogue()) {
    augment::Transform transform = entry.make();
    ControlCollector collector;
    transform.fields(collector);
    all.push_back({{"name", entry.name},
                   {"family", entry.family},
                   {"help", entry.help},
                   {"fields", std::move(collector.fields)}});
  }
  return all;
}

nlohmann::json rules_json() {
  augment::TargetRules rules;
  ControlCollector collector;
  rules.fields(collector);
  return std::move(collector.fields);
}

nlohmann::json recipe_json(const augment::Recipe& recipe) {
  Json root = values_of(recipe.rules());
  root["format"] = augment::kRecipeFormat;
  for (const auto& [a, b] : recipe.rules().mirror_pairs) root["mirror_pairs"].push_back({a, b});
  if (!recipe.rules().rgb.empty()) root["rgb"] = recipe.rules().rgb;
  root["transforms"] = Json::array();
  for (const augment::Transform& transform : recipe.transforms())
    root["transforms"].push_back(transform_json(transform));
  return root;
}

}  // namespace doppel::apps
