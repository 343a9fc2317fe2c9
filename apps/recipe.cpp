// doppel recipe (--from-keras ARGUMENTS | --from-albumentations FILE)
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "command.h"
#include "common_options.h"
#include "doppel/augment/import/imported.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"

namespace doppel::apps {
namespace {

augment::Imported imported(const CommandLine& line) {
  const bool keras = line.has("from-keras"), albumentations = line.has("from-albumentations");
  if (keras == albumentations)
    throw UsageError("say one of --from-keras ARGUMENTS and --from-albumentations FILE");
  if (keras) return augment::import_keras(line.get<std::string>("from-keras"));
  const auto path = line.get<std::string>("from-albumentations");
  const std::vector<unsigned char> bytes = read_file(path);
  return augment::import_albumentations({bytes.begin(), bytes.end()}, path);
}

int run_recipe(const CommandLine& line) {
  const augment::Imported made = imported(line);
  if (line.has("out"))
    write_file(line.get<std::string>("out"), made.yaml);
  else
    fmt::print("{}", made.yaml);
  write_json(line, {{"recipe", made.yaml}, {"notes", made.notes}});
  return 0;
}

}  // namespace

Command recipe_command() {
  return {
      .name = "recipe",
      .brief = "write what another library was told as a recipe",
      .about =
          "Prints the recipe that means the same. What has no counterpart, or one that differs, is said in "
          "comments above what it is of.",
      .groups = {{"Options",
                  {{"from-keras", Text{.placeholder = "ARGUMENTS"},
                    "what stands between the parentheses of Keras' ImageDataGenerator(…), or that call"},
                   {"from-albumentations", Text{.placeholder = "FILE", .files = Text::Files::Any},
                    "a pipeline that Albumentations' A.save() wrote, JSON or YAML"},
                   {"out", Text{.placeholder = "FILE", .files = Text::Files::Any}, "write it there"},
                   json_option()}}},
      .examples = {"recipe --from-keras \"rotation_range=40, zoom_range=0.2, horizontal_flip=True\"",
                   "recipe --from-albumentations pipeline.json --out recipe.yaml"},
      .run = run_recipe};
}

}  // namespace doppel::apps
