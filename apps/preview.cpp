// doppel preview DATA|IMAGE… --out SHEET.png
#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "command.h"
#include "doppel/augment/catalogue.h"
#include "doppel/augment/error.h"
#include "doppel/augment/recipe.h"
#include "doppel/augment/render.h"
#include "doppel/dataset/decode.h"
#include "doppel/dataset/files.h"
#include "doppel/dataset/sampler.h"
#include "doppel/dataset/sources.h"
#include "draw.h"

namespace doppel::apps {
namespace {

using augment::Sample;

/// All inputs as one list of samples.
class Pictures {
 public:
  Pictures(const Words& inputs, augment::Recipe& recipe) {
    for (const std::string& input : inputs) {
      sources_.push_back(dataset::open_data(input).train);
      recipe.bind_labels(sources_.back()->classes());
      size_ += sources_.back()->size();
    }
  }
  std::size_t size() const { return size_; }
  Sample read(std::size_t index) const {
    const auto [source, place] = find(index);
    return load(*source, place);
  }
  std::string name(std::size_t index) const {
    const auto [source, place] = find(index);
    return std::filesystem::path(source->name(place)).filename().string();
  }
  /// Other samples, for transforms that mix.
  augment::PartnerSource partners(const augment::Stream& stream) const {
    return [this, stream](std::uint64_t bits) {
      augment::Stream own = stream;
      own.index = bits % size_;
      return augment::PartnerPick{read(own.index), own.split("partner", bits)};
    };
  }

 private:
  std::pair<const dataset::Source*, std::size_t> find(std::size_t index) const {
    std::size_t k = 0;
    while (index >= sources_[k]->size()) index -= sources_[k++]->size();
    return {sources_[k].get(), index};
  }
  std::vector<dataset::SourcePtr> sources_;
  std::size_t size_ = 0;
};

/// A picture and its place in the list.
struct Named {
  Sample sample;
  std::string name;
  std::size_t index;
};

/// All, where there are few; else some, by the seed.
std::vector<Named> pick(const Pictures& pictures, std::size_t most, std::uint64_t seed) {
  std::vector<Named> picked;
  const dataset::Shuffle order(pictures.size(), seed, 0);
  for (std::size_t i = 0; i < std::min(pictures.size(), most); ++i) {
    const std::size_t index = pictures.size() <= most ? i : order(i);
    picked.push_back({pictures.read(index), pictures.name(index), index});
  }
  return picked;
}

/// A tile, and the plan that made it.
struct Variant {
  Tile tile;
  augment::Plan plan;
};

/// What the recipe makes of a sample, its targets drawn in.
Variant variant(const augment::Recipe& recipe, const Pictures& pictures, const Sample& sample,
                const augment::Stream& stream) {
  const augment::PartnerSource partners = pictures.partners(stream);
  augment::Plan plan = recipe.draft(sample, stream, partners).plan;
  return {{with_targets(recipe.apply(sample, stream, partners)), plan.text()}, plan};
}

std::vector<Variant> recipe_tiles(const augment::Recipe& recipe, const Pictures& pictures,
                                  const std::vector<Named>& originals, int per_image, std::uint64_t seed) {
  std::vector<Variant> tiles;
  for (const Named& original : originals) {
    tiles.push_back(
        {{with_targets(original.sample), original.name}, {augment::size_of(original.sample.image), {}}});
    for (int i = 0; i < per_image; ++i)
      tiles.push_back(
          variant(recipe, pictures, original.sample,
                  {.seed = seed, .epoch = static_cast<std::uint64_t>(i), .index = original.index}));
  }
  return tiles;
}

/// One tile per transform, applied for certain; sizes that the picture can't give are left to the picture.
std::vector<Variant> catalogue_tiles(const Pictures& pictures, const Named& original, std::uint64_t seed) {
  std::vector<Variant> tiles{
      {{with_targets(original.sample), original.name}, {augment::size_of(original.sample.image), {}}}};
  for (const auto& entry : augment::catalogue()) {
    if (entry.family == "structure") continue;
    Variant one = variant(augment::Recipe{entry.make().with_chance(1)}, pictures, original.sample,
                          {.seed = seed, .index = original.index});
    one.tile.caption = fmt::format("{}: {}", entry.name, one.tile.caption);
    tiles.push_back(std::move(one));
  }
  return tiles;
}

/// Each picture beside what a written plan makes of it.
std::vector<Variant> replay_tiles(const std::string& path, const std::vector<Named>& originals) {
  const std::vector<unsigned char> text = dataset::read_file(path);
  const augment::Plan plan = augment::Plan::from_yaml({text.begin(), text.end()}, path);
  std::vector<Variant> tiles;
  for (const Named& original : originals) {
    tiles.push_back(
        {{with_targets(original.sample), original.name}, {augment::size_of(original.sample.image), {}}});
    if (plan.source != augment::size_of(original.sample.image))
      throw Error(fmt::format("{}: {} was drawn for {}x{} (height x width), but this picture is {}x{}",
                              original.name, path, plan.source.height, plan.source.width,
                              original.sample.image.rows, original.sample.image.cols));
    Sample replayed;
    replayed.image = render(plan, original.sample.image);
    for (const cv::Mat& mask : original.sample.masks) replayed.masks.push_back(render_mask(plan, mask));
    tiles.push_back({{with_targets(replayed), plan.text()}, plan});
  }
  return tiles;
}

/// Each tile's plan as a file that --replay takes.
void write_plans(const std::filesystem::path& folder, const std::vector<Variant>& tiles) {
  std::filesystem::create_directories(folder);
  for (std::size_t i = 0; i < tiles.size(); ++i)
    dataset::write_file(folder / fmt::format("plan-{:03}.yaml", i), tiles[i].plan.yaml());
  fmt::print("{}: {} plans\n", folder.string(), tiles.size());
}

void explain(const augment::Recipe& recipe, const Pictures& pictures, const Named& original,
             std::uint64_t seed) {
  const augment::Stream stream{.seed = seed, .index = original.index};
  fmt::print("{} ({}x{}), one draw of the recipe:\n{}", original.name, original.sample.image.cols,
             original.sample.image.rows,
             recipe.explain(original.sample, stream, pictures.partners(stream)).text());
}

}  // namespace

int run_preview(const Words& words) {
  CommandLine line(
      "preview DATA|IMAGE... [--recipe R | --replay PLAN.yaml | --catalogue] [--count 12] [--explain] --out "
      "SHEET.png",
      "Draws a contact sheet: each original and what the recipe makes of it, captioned with the plan.");
  line.add()("data", po::value<Words>(), "a data set, or image files")(
      "recipe", po::value<std::string>()->default_value("standard"), "a YAML file or a preset")(
      "count", po::value<int>()->default_value(12), "variants in all")(
      "seed", po::value<std::uint64_t>()->default_value(1), "of the draws")(
      "side", po::value<int>()->default_value(224), "pixels of a tile")(
      "catalogue", "one tile per transform instead")("replay", po::value<std::string>(),
                                                     "apply this plan instead (written by --plans)")(
      "plans", po::value<std::string>(), "write each tile's plan into this folder, as YAML")(
      "explain", "print what is fused into what, and what each step costs")(
      "out", po::value<std::string>(), "the PNG to write")("json", po::value<std::string>(),
                                                           "also write the plans here");
  line.positional("data", -1);
  if (!line.parse(words)) return 0;
  if (!line.has("data")) throw UsageError("say what to preview: a data set or image files");
  const int count = line.get<int>("count"), side = line.get<int>("side");
  if (count < 1 || count > 1000) throw UsageError(fmt::format("--count must be 1 to 1000, not {}", count));
  if (side < 16 || side > 2048)
    throw UsageError(fmt::format("--side must be 16 to 2048 pixels, not {}", side));
  const auto seed = line.get<std::uint64_t>("seed");
  augment::Recipe recipe = augment::Recipe::load(line.get<std::string>("recipe"));
  const bool catalogue = line.has("catalogue"), replay = line.has("replay");
  if (catalogue && replay) throw UsageError("--catalogue and --replay exclude each other");
  const Pictures pictures(line.get<Words>("data"), recipe);
  const auto originals =
      pick(pictures, catalogue ? 1 : static_cast<std::size_t>(std::max(1, std::min(4, count / 3))), seed);
  if (line.has("explain")) {
    explain(recipe, pictures, originals[0], seed);
    if (!line.has("out")) return 0;
  }
  const std::string out = line.need("out");
  const int per_image = replay ? 1 : std::max(1, count / static_cast<int>(originals.size()));
  const std::vector<Variant> tiles = replay      ? replay_tiles(line.get<std::string>("replay"), originals)
                                     : catalogue ? catalogue_tiles(pictures, originals[0], seed)
                                                 : recipe_tiles(recipe, pictures, originals, per_image, seed);
  std::vector<Tile> shown;
  nlohmann::json plans = nlohmann::json::array();
  for (const Variant& one : tiles) {
    shown.push_back(one.tile);
    plans.push_back(one.tile.caption);
  }
  dataset::write_png(out, tile_sheet(shown, catalogue ? 6 : std::min(6, per_image + 1), side));
  fmt::print("{}: {} tiles\n", out, tiles.size());
  if (line.has("plans")) write_plans(line.get<std::string>("plans"), tiles);
  write_json(line, {{"sheet", out}, {"plans", plans}});
  return 0;
}

}  // namespace doppel::apps
