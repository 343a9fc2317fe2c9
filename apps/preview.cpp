// doppel preview DATA|IMAGE… --out SHEET.png
#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "command.h"
#include "doppel/augment/catalogue.h"
#include "doppel/augment/error.h"
#include "doppel/augment/recipe.h"
#include "doppel/dataset/decode.h"
#include "doppel/dataset/sampler.h"
#include "doppel/dataset/sources.h"
#include "draw.h"

namespace doppel::apps {
namespace {

using augment::Sample;

struct Named {
  Sample sample;
  std::string name;
  std::size_t index;
};

/// The images named, or a few drawn from a data set.
std::vector<Named> pick(const Words& inputs, std::size_t most, std::uint64_t seed, augment::Recipe& recipe) {
  std::vector<Named> picked;
  for (const std::string& input : inputs) {
    const dataset::OpenedData data = dataset::open_data(input);
    recipe.bind_labels(data.train->classes());
    const std::size_t count = std::min(data.train->size(), inputs.size() > 1 ? 1 : most);
    const dataset::Shuffle order(data.train->size(), seed, 0);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t index = data.train->size() <= most ? i : order(i);
      picked.push_back({load(*data.train, index),
                        std::filesystem::path(data.train->name(index)).filename().string(), index});
    }
  }
  return picked;
}

/// What the recipe makes of a sample, its targets drawn in.
Tile variant(const augment::Recipe& recipe, const Sample& sample, const augment::Stream& stream) {
  const augment::Draft::Result drawn = recipe.draft(sample, stream);
  Sample shown = recipe.apply(sample, stream);
  return {with_targets(shown), drawn.plan.text()};
}

std::vector<Tile> recipe_tiles(const augment::Recipe& recipe, const std::vector<Named>& originals,
                               int per_image, std::uint64_t seed) {
  std::vector<Tile> tiles;
  for (const Named& original : originals) {
    tiles.push_back({with_targets(original.sample), original.name});
    for (int i = 0; i < per_image; ++i)
      tiles.push_back(
          variant(recipe, original.sample,
                  {.seed = seed, .epoch = static_cast<std::uint64_t>(i), .index = original.index}));
  }
  return tiles;
}

/// One tile per transform, applied for certain; sizes that the picture can't give are left to the picture.
std::vector<Tile> catalogue_tiles(const Named& original, std::uint64_t seed) {
  std::vector<Tile> tiles{{with_targets(original.sample), original.name}};
  for (const auto& entry : augment::catalogue()) {
    if (entry.family == "structure") continue;
    Tile tile = variant(augment::Recipe{entry.make().with_chance(1)}, original.sample,
                        {.seed = seed, .index = original.index});
    tile.caption = fmt::format("{}: {}", entry.name, tile.caption);
    tiles.push_back(std::move(tile));
  }
  return tiles;
}

}  // namespace

int run_preview(const Words& words) {
  CommandLine line(
      "preview DATA|IMAGE... [--recipe R] [--count 12] --out SHEET.png",
      "Draws a contact sheet: each original and what the recipe makes of it, captioned with the plan.");
  line.add()("data", po::value<Words>(), "a data set, or image files")(
      "recipe", po::value<std::string>()->default_value("standard"), "a YAML file or a preset")(
      "count", po::value<int>()->default_value(12), "variants in all")(
      "seed", po::value<std::uint64_t>()->default_value(1), "of the draws")(
      "side", po::value<int>()->default_value(224), "pixels of a tile")(
      "catalogue", "one tile per transform instead")("out", po::value<std::string>(), "the PNG to write")(
      "json", po::value<std::string>(), "also write the plans here");
  line.positional("data", -1);
  if (!line.parse(words)) return 0;
  if (!line.has("data")) throw UsageError("say what to preview: a data set or image files");
  const std::string out = line.need("out");
  const int count = line.get<int>("count"), side = line.get<int>("side");
  if (count < 1 || count > 1000) throw UsageError(fmt::format("--count must be 1 to 1000, not {}", count));
  if (side < 16 || side > 2048)
    throw UsageError(fmt::format("--side must be 16 to 2048 pixels, not {}", side));
  const auto seed = line.get<std::uint64_t>("seed");
  augment::Recipe recipe = augment::Recipe::load(line.get<std::string>("recipe"));
  const bool catalogue = line.has("catalogue");
  const auto originals =
      pick(line.get<Words>("data"),
           catalogue ? 1 : static_cast<std::size_t>(std::max(1, std::min(4, count / 3))), seed, recipe);
  const int per_image = std::max(1, count / static_cast<int>(originals.size()));
  const std::vector<Tile> tiles =
      catalogue ? catalogue_tiles(originals[0], seed) : recipe_tiles(recipe, originals, per_image, seed);
  dataset::write_png(out, tile_sheet(tiles, catalogue ? 6 : std::min(6, per_image + 1), side));
  fmt::print("{}: {} tiles\n", out, tiles.size());
  nlohmann::json plans = nlohmann::json::array();
  for (const Tile& tile : tiles) plans.push_back(tile.caption);
  write_json(line, {{"sheet", out}, {"plans", plans}});
  return 0;
}

}  // namespace doppel::apps
