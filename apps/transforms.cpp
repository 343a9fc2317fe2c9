// doppel transforms [NAME]
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "command.h"
#include "common_options.h"
#include "doppel/augment/recipe/catalogue.h"

namespace doppel::apps {
namespace {

using augment::CatalogueEntry;

std::vector<FieldText> fields_of(const CatalogueEntry& entry) {
  augment::Transform transform = entry.make();
  FieldDescriber describer;
  transform.fields(describer);
  return describer.fields;
}

nlohmann::json to_json(const CatalogueEntry& entry) {
  nlohmann::json fields = nlohmann::json::array();
  for (const auto& f : fields_of(entry))
    fields.push_back({{"name", f.name},
                      {"kind", f.kind},
                      {"default", f.value},
                      {"bounds", f.bounds},
                      {"unit", f.unit},
                      {"help", f.help}});
  return {{"name", entry.name}, {"family", entry.family}, {"help", entry.help}, {"fields", fields}};
}

void list_all() {
  std::string_view family;
  for (const CatalogueEntry& entry : augment::catalogue()) {
    if (entry.family != family) fmt::print("{}{}\n", family.empty() ? "" : "\n", family = entry.family);
    fmt::print("  {:<18} {}\n", entry.name, entry.help);
  }
  fmt::print("\n`doppel transforms NAME` shows a transform's fields.\n");
}

void explain(const CatalogueEntry& entry) {
  fmt::print("{} ({}): {}\n\n", entry.name, entry.family, entry.help);
  std::string example;
  for (const auto& f : fields_of(entry)) {
    fmt::print("  {:<14} {:<16} {:<12} {}{}{}\n", f.name, f.value, f.kind, f.bounds,
               f.unit.empty() ? "" : " " + f.unit, f.help.empty() ? "" : "; " + f.help);
    if (f.value != "[]")
      example += fmt::format("{}{}: {}", example.empty() ? "" : ", ", f.name, f.value);
    else
      example += fmt::format("{}{}: [HorizontalFlip]", example.empty() ? "" : ", ", f.name);
  }
  fmt::print(
      "\nEvery transform also takes only_labels, except_labels (lists of classes) and relabel (a map);\n"
      "from and until (shares of training), and start (fields that it grows from).\n"
      "\nIn a recipe, with its defaults:\n- {}: {{{}}}\n",
      entry.name, example);
}

int run_transforms(const CommandLine& line) {
  nlohmann::json result = nlohmann::json::array();
  if (line.has("name")) {
    const CatalogueEntry& entry = augment::find_transform(line.get<std::string>("name"));
    explain(entry);
    result = to_json(entry);
  } else {
    list_all();
    for (const CatalogueEntry& entry : augment::catalogue()) result.push_back(to_json(entry));
  }
  write_json(line, result);
  return 0;
}

Words names() {
  Words names;
  for (const CatalogueEntry& entry : augment::catalogue()) names.emplace_back(entry.name);
  return names;
}

}  // namespace

Command transforms_command() {
  return {.name = "transforms",
          .brief = "list the transforms, or explain one",
          .about = "Lists the catalogue of transforms; explains one.",
          .words = {{"name", Text{.placeholder = "NAME", .known = names()}, "a transform"}},
          .groups = {{"Options", {json_option()}}},
          .examples = {"transforms Rotate"},
          .run = run_transforms};
}

}  // namespace doppel::apps
