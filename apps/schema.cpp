// doppel schema recipe|train|gan
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string_view>

#include "command.h"
#include "common_options.h"
#include "doppel/augment/recipe/catalogue.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/base/error.h"
#include "doppel/base/settings_file.h"
#include "doppel/nn/study/gan_settings.h"
#include "doppel/nn/study/train_settings.h"

namespace doppel::apps {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 3> kSchemas{"recipe", "train", "gan"};
constexpr const char* kTransforms = "#/$defs/transforms";

/// A field's values, by its type. Several types are also written as one number.
struct SchemaOf {
  const FieldInfo& info;

  Json number(const char* type) const {
    Json schema{{"type", type}};
    const Bounds& b = info.bounds;
    if (std::isfinite(b.low)) schema[b.above_low ? "exclusiveMinimum" : "minimum"] = b.low;
    if (std::isfinite(b.high)) schema[b.below_high ? "exclusiveMaximum" : "maximum"] = b.high;
    return schema;
  }
  static Json words(const auto& names) {
    Json list = Json::array();
    for (const auto& name : names) list.push_back(name);
    return {{"enum", list}};
  }
  static Json list_of(const Json& item) { return {{"type", "array"}, {"items", item}}; }
  /// [a, b], or one for both.
  static Json pair_of(const Json& item) {
    Json pair = list_of(item);
    pair["minItems"] = pair["maxItems"] = 2;
    return {{"anyOf", {item, pair}}};
  }
  Json operator()(const bool* v) const { return {{"type", "boolean"}, {"default", *v}}; }
  Json operator()(const double* v) const { return with_default(number("number"), *v); }
  Json operator()(const int* v) const { return with_default(number("integer"), *v); }
  Json operator()(const std::uint64_t* v) const {
    Json schema = with_default(number("integer"), *v);
    if (!schema.contains("minimum")) schema["minimum"] = 0;
    return schema;
  }
  Json operator()(const std::string* v) const {
    return with_default({{"type", {"string", "number"}}}, *v);
  }  // which YAML has without quotes
  Json operator()(const std::vector<double>*) const {
    return {{"anyOf", {number("number"), list_of(number("number"))}}};
  }
  Json operator()(const std::vector<std::string>*) const {
    const Json text{{"type", "string"}};
    return {{"anyOf", {text, list_of(text)}}};
  }
  Json operator()(const Range* v) const {
    Json schema = pair_of(number("number"));
    if (!info.named.empty()) {
      Json names = Json::array();
      for (const NamedRange& named : info.named) names.push_back(named.name);
      schema["anyOf"].push_back({{"enum", names}});
    }
    return with_default(schema, Json{v->low, v->high});
  }
  Json operator()(const IntRange* v) const {
    return with_default(pair_of(number("integer")), Json{v->low, v->high});
  }
  Json operator()(const Size* v) const {
    return with_default(pair_of(number("integer")), Json{v->height, v->width});
  }
  Json operator()(const Fill*) const {
    const Json share{{"type", "number"}, {"minimum", 0}, {"maximum", 1}};
    Json color = list_of(share);
    color["minItems"] = color["maxItems"] = 3;
    return {{"anyOf", {words(std::span(kFillNames).subspan(1)), share, color}}};
  }
  Json operator()(const doppel::Choice& v) const {
    return with_default(words(v.names), v.names[static_cast<std::size_t>(*v.position)]);
  }
  Json operator()(const Kinds* v) const { return with_default(words(v->names()), v->name()); }
  Json operator()(Children* const) const { return {{"$ref", kTransforms}}; }

  static Json with_default(Json schema, const Json& value) {
    schema["default"] = value;
    return schema;
  }
};

/// The properties that fields are, and for a kind what goes with each.
class SchemaVisitor final : public FieldVisitor {
 public:
  Json properties = Json::object(), conditions = Json::array();

 private:
  void visit(const FieldInfo& info, const FieldValue& value) override {
    if (info.follows) return;
    const std::string name(info.name);
    Json schema = std::visit(SchemaOf{info}, value);
    if (!info.help.empty()) schema["description"] = info.help;
    properties[name] = std::move(schema);
    if (auto* const* kinds = std::get_if<Kinds*>(&value)) add_kinds(name, **kinds);
  }
  /// A field of several kinds is allowed where one of them is chosen.
  void add_kinds(const std::string& name, const Kinds& kinds) {
    std::map<std::string, std::vector<std::string>> owners;
    for (const std::string_view kind : kinds.names()) {
      SchemaVisitor own;
      kinds.fields_of(kind, own);
      for (auto& [field, schema] : own.properties.items()) {
        owners[field].emplace_back(kind);
        schema.erase("default");  // which differs from kind to kind
        properties[field] = schema;
      }
    }
    for (const auto& [field, names] : owners) {
      Json chosen{{"properties", {{name, {{"enum", names}}}}}};
      const bool is_default = std::ranges::find(names, std::string(kinds.name())) != names.end();
      if (!is_default) chosen["required"] = {name};
      conditions.push_back({{"if", {{"required", {field}}}}, {"then", chosen}});
    }
  }
};

Json object_of(SchemaVisitor visitor) {
  Json schema{{"type", "object"}, {"properties", visitor.properties}, {"additionalProperties", false}};
  if (!visitor.conditions.empty()) schema["allOf"] = visitor.conditions;
  return schema;
}

Json settings_schema(auto settings, const std::string& command) {
  SchemaVisitor visitor;
  settings.fields(visitor);
  visitor.properties["format"] = {{"const", kSettingsFormat}};
  visitor.properties["command"] = {{"const", command}};
  visitor.properties["facts"] = {{"type", "object"}, {"description", "which came out of the run; not read"}};
  return object_of(std::move(visitor));
}

Json transform_schema(const augment::CatalogueEntry& entry) {
  augment::Transform transform = entry.make();
  SchemaVisitor visitor;
  transform.fields(visitor);
  const Json labels{{"type", "array"}, {"items", {{"type", "string"}}}};
  visitor.properties["only_labels"] = visitor.properties["except_labels"] = labels;
  visitor.properties["relabel"] = {{"type", "object"}, {"additionalProperties", {{"type", "string"}}}};
  const Json share{{"type", "number"}, {"minimum", 0}, {"maximum", 1}};
  visitor.properties["from"] = visitor.properties["until"] = share;
  visitor.properties["start"] = {{"type", "object"}};
  Json fields = object_of(std::move(visitor));
  fields["description"] = entry.help;
  return fields;
}

Json recipe_schema() {
  Json names = Json::array(), fields = Json::object();
  for (const augment::CatalogueEntry& entry : augment::catalogue()) {
    names.push_back(entry.name);
    fields[std::string(entry.name)] = {{"anyOf", {transform_schema(entry), {{"type", "null"}}}}};
  }
  const Json named{{"type", "object"},
                   {"properties", fields},
                   {"additionalProperties", false},
                   {"minProperties", 1},
                   {"maxProperties", 1}},
      transform{{"anyOf", {{{"enum", names}}, named}}},
      list{{"type", "array"}, {"items", {{"$ref", "#/$defs/transform"}}}};
  augment::TargetRules rules;
  SchemaVisitor visitor;
  rules.fields(visitor);
  Json whole = visitor.properties;
  whole["transforms"] = list;
  whole["format"] = {{"const", augment::kRecipeFormat}};
  whole["rgb"] = SchemaOf::list_of({{"type", "integer"}, {"minimum", 0}, {"maximum", 63}});
  whole["mirror_pairs"] = SchemaOf::list_of(SchemaOf::list_of({{"type", "integer"}, {"minimum", 0}}));
  return {{"$defs", {{"transform", transform}, {"transforms", {{"anyOf", {transform, list}}}}}},
          {"anyOf",
           {list,
            {{"type", "object"},
             {"properties", whole},
             {"required", {"transforms"}},
             {"additionalProperties", false}}}}};
}

int run_schema(const CommandLine& line) {
  const auto of = line.get<std::string>("of");
  if (std::ranges::find(kSchemas, std::string_view(of)) == kSchemas.end()) {
    const std::vector<std::string> names(kSchemas.begin(), kSchemas.end());
    throw UsageError(
        fmt::format("there is no schema of '{}'{}", of,
                    did_you_mean(of, names, fmt::format("; there are {}", fmt::join(kSchemas, ", ")))));
  }
  Json schema = of == "recipe"  ? recipe_schema()
                : of == "train" ? settings_schema(nn::TrainSettings{}, of)
                                : settings_schema(nn::GanSettings{}, of);
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["title"] = of == "recipe" ? "a recipe of doppel" : fmt::format("settings of doppel {}", of);
  fmt::print("{}\n", schema.dump(1));
  return 0;
}

}  // namespace

Command schema_command() {
  Text of{.placeholder = "OF"};
  for (const std::string_view name : kSchemas) of.known.emplace_back(name);
  return {.name = "schema",
          .brief = "a JSON Schema, for editors that check what is typed",
          .about =
              "Prints the JSON Schema of a recipe, or of the settings that train and gan take by --config: "
              "editors check and complete YAML by it.",
          .words = {{"of", of, "recipe, train or gan", Presence::Needed}},
          .examples = {"schema recipe"},
          .run = run_schema};
}

}  // namespace doppel::apps
