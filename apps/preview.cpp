// doppel preview DATA|IMAGE… --out SHEET.png
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "command.h"
#include "common_options.h"
#include "doppel/augment/recipe/catalogue.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/render/render.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/utf8.h"
#include "doppel/codec/png.h"
#include "doppel/dataset/loader/loader.h"
#include "doppel/dataset/order/fit_to.h"
#include "doppel/dataset/order/sampler.h"
#include "images.h"
#include "replay.h"
#include "report/draw.h"
#include "serve.h"

namespace doppel::apps {
namespace {

using augment::Sample;

/// An image's place in the list. It is read when its turn comes: large ones aren't held together.
struct Named {
  std::string name;
  std::size_t index;
};

/// All, where there are few; else some, by the seed. What can't be read is said and left out. Throws Error
/// where nothing can be.
std::vector<Named> pick(const Images& images, std::size_t most, std::uint64_t seed) {
  std::vector<Named> picked;
  const dataset::Shuffle order(images.size(), seed, 0);
  for (std::size_t i = 0; i < images.size() && picked.size() < most; ++i) {
    const std::size_t index = images.size() <= most ? i : order(i);
    try {
      (void)images.read(index);
      picked.push_back({images.name(index), index});
    } catch (const Error& error) {
      if (i + 1 == images.size() && picked.empty()) throw;
      std::cerr << "left out: " << error.what() << "\n";
    }
  }
  return picked;
}

/// A tile of its final size, and the plan that made it.
struct Variant {
  Tile tile;
  augment::Plan plan;
  std::string text;  ///< the caption with its matrices
};

/// What all tiles of a sheet have in common.
struct Sheet {
  const Images& images;
  int side;  ///< of a tile
  std::uint64_t seed;

  Sample read(const Named& original) const { return images.read(original.index); }
  cv::Mat tile(const Sample& sample, const cv::Mat& original, const std::vector<int>& rgb) const {
    return tile_image(with_targets(on_screen(sample, original, rgb)), side);
  }
};

/// `name` may be empty.
Variant captioned(const Sheet& sheet, const Sample& sample, const cv::Mat& original,
                  const augment::Plan& plan, const std::string& name) {
  const std::string before = name.empty() ? "" : name + ": ";
  return {{sheet.tile(sample, original, plan.rgb), before + plan.words()}, plan, before + plan.text()};
}

/// What the recipe makes of a sample, its targets drawn in.
Variant variant(const Sheet& sheet, const augment::Recipe& recipe, const Sample& sample, const Stream& stream,
                const std::string& name = {}) {
  const augment::PartnerSource partners = sheet.images.partners(stream);
  return captioned(sheet, recipe.apply(sample, stream, partners), sample.image,
                   recipe.draft(sample, stream, partners).plan, name);
}

/// An image as it is.
Variant untouched(const Sheet& sheet, const Named& original, const Sample& sample,
                  const std::vector<int>& rgb = {}) {
  const std::string caption = "original: " + original.name;
  return {{sheet.tile(sample, sample.image, rgb), caption}, {augment::size_of(sample.image), {}}, caption};
}

/// An original first, and what was made of it.
using Group = std::vector<Variant>;

/// `count` variants, of one original as many as of the next, or one more.
std::vector<Group> recipe_groups(const Sheet& sheet, const augment::Recipe& recipe,
                                 const std::vector<Named>& originals, std::size_t count) {
  std::vector<Group> groups;
  for (const Named& original : originals) {
    const Sample sample = sheet.read(original);
    Group& group = groups.emplace_back(Group{untouched(sheet, original, sample, recipe.rules().rgb)});
    const std::size_t more = groups.size() <= count % originals.size() ? 1 : 0;
    for (std::uint64_t i = 0; i < count / originals.size() + more; ++i)
      group.push_back(
          variant(sheet, recipe, sample, {.seed = sheet.seed, .epoch = i, .index = original.index}));
  }
  return groups;
}

/// Of each original one variant a view, as a loader draws them; in as many epochs as the count allows.
std::vector<Group> view_groups(const Sheet& sheet, std::vector<dataset::SampleView> views,
                               const std::vector<Named>& originals, std::size_t count) {
  for (dataset::SampleView& view : views) {
    sheet.images.bind_labels(view.recipe);
    sheet.images.bind_statistics(view.recipe);
    if (view.size != Size{}) view.recipe = dataset::fitted_by(view.recipe, dataset::FitTo{.size = view.size});
  }
  const std::size_t epochs = std::max<std::size_t>(1, count / (originals.size() * views.size()));
  std::vector<Group> groups;
  for (const Named& original : originals) {
    const Sample sample = sheet.read(original);
    Group& group = groups.emplace_back(Group{untouched(sheet, original, sample)});
    for (std::size_t epoch = 0; epoch < epochs; ++epoch)
      for (std::size_t k = 0; k < views.size(); ++k) {
        const Stream own{.seed = sheet.seed, .epoch = epoch, .index = original.index};
        const Size size = views[k].size;
        const std::string name = size == Size{}
                                     ? fmt::format("view {}", k)
                                     : fmt::format("view {} ({} x {})", k, size.height, size.width);
        group.push_back(
            variant(sheet, views[k].recipe, sample, k == 0 ? own : dataset::view_stream(own, k), name));
      }
  }
  return groups;
}

/// One tile per transform, applied for certain; sizes that the image can't give are left to the image.
std::vector<Group> catalogue_groups(const Sheet& sheet, const Named& original) {
  const Sample sample = sheet.read(original);
  Group group{untouched(sheet, original, sample)};
  std::vector<std::string_view> left_out;
  for (const auto& entry : augment::catalogue()) try {
      if (entry.family == "structure") continue;
      group.push_back(variant(sheet, augment::Recipe{entry.make().with_chance(1)}, sample,
                              {.seed = sheet.seed, .index = original.index}, std::string(entry.name)));
    } catch (const UsageError&) { left_out.push_back(entry.name); }
  if (!left_out.empty()) fmt::print("left out, since they need colours: {}\n", fmt::join(left_out, ", "));
  return {group};
}

/// The first images of the size that a plan was drawn for; the first of all where none is.
std::vector<Named> originals_of(const augment::Plan& plan, const Images& images, std::size_t most) {
  std::vector<Named> fitting;
  for (std::size_t i = 0; i < images.size() && fitting.size() < most; ++i)
    if (augment::size_of(images.read(i).image) == plan.source) fitting.push_back({images.name(i), i});
  if (fitting.empty()) fitting.push_back({images.name(0), 0});
  return fitting;
}

/// Each image beside what a written plan makes of it.
std::vector<Group> replay_groups(const Sheet& sheet, const std::string& path, std::size_t most) {
  const std::vector<unsigned char> text = read_file(path);
  const augment::Plan plan = augment::Plan::from_yaml({text.begin(), text.end()}, path);
  const std::vector<Named> originals = originals_of(plan, sheet.images, most);
  const auto read = [&](std::size_t index) { return sheet.images.read(index); };
  std::vector<Group> groups;
  for (const Named& original : originals) {
    try {
      const Sample sample = sheet.read(original);
      const Sample again = render_sample(replayed(plan, sample, sheet.images, read), sample);
      groups.push_back(
          {untouched(sheet, original, sample, plan.rgb), captioned(sheet, again, sample.image, plan, "")});
    } catch (const Error& error) {
      std::throw_with_nested(Error(fmt::format("{}: {}: {}", original.name, path, error.what())));
    }
  }
  return groups;
}

/// Columns of a sheet on which every group has rows of its own, as even as they can be: the first column is
/// the originals' alone.
int columns_for(const std::vector<Group>& groups) {
  constexpr std::size_t kMostVariants = 7;  // side by side
  std::size_t most = 1;
  for (const Group& group : groups) most = std::max(most, group.size() - 1);
  const std::size_t rows = (most + kMostVariants - 1) / kMostVariants;
  return static_cast<int>(1 + (most + rows - 1) / rows);
}

/// The tiles of such a sheet, with blanks where a row ends early and below an original.
std::vector<Tile> in_rows(const std::vector<Group>& groups, int columns) {
  const auto wide = static_cast<std::size_t>(columns);
  std::vector<Tile> tiles;
  for (const Group& group : groups) {
    while (tiles.size() % wide != 0) tiles.emplace_back();
    for (const Variant& one : group) {
      if (tiles.size() % wide == 0 && &one != &group.front()) tiles.emplace_back();
      tiles.push_back(one.tile);
    }
  }
  return tiles;
}

/// Each tile's plan as a file that --replay takes.
void write_plans(const std::filesystem::path& folder, const std::vector<Group>& groups) {
  make_folder(folder);
  std::size_t count = 0;
  for (const Group& group : groups)
    for (const Variant& one : group)
      write_file(folder / fmt::format("plan-{:03}.yaml", count++), one.plan.yaml());
  fmt::print("{}: {} plans\n", folder.string(), count);
}

void explain(const augment::Recipe& recipe, const Images& images, const Named& original, std::uint64_t seed) {
  const Stream stream{.seed = seed, .index = original.index};
  const Sample sample = images.read(original.index);
  fmt::print("{} ({}x{}), one draw of the recipe:\n{}", printable(original.name), sample.image.cols,
             sample.image.rows, recipe.explain(sample, stream, images.partners(stream)).text());
}

std::vector<dataset::SampleView> views_in(const std::string& file) {
  const std::vector<unsigned char> text = read_file(file);
  return dataset::views_from_yaml({text.begin(), text.end()}, file);
}

int run_preview(const CommandLine& line) {
  if (line.has("open"))
    return serve_recipe(Images(line.get<Words>("data"), data_options(line)), line.get<std::string>("recipe"),
                        0);
  const int count = line.get<int>("count"), side = line.get<int>("side");
  const auto seed = line.get<std::uint64_t>("seed");
  augment::Recipe recipe = augment::Recipe::load(line.get<std::string>("recipe"));
  const bool catalogue = line.has("catalogue"), replay = line.has("replay");
  const bool views = line.has("views");
  if (catalogue + replay + views > 1)
    throw UsageError("--catalogue, --replay and --views exclude each other");
  if (views && line.has("recipe")) throw UsageError("views have recipes of their own: --recipe isn't theirs");
  Images images(line.get<Words>("data"), data_options(line));
  images.bind_labels(recipe);
  images.equalize_channels(recipe);
  images.bind_statistics(recipe);
  const auto most = catalogue ? 1 : static_cast<std::size_t>(std::max(1, std::min(4, count / 3)));
  const auto originals = replay && !line.has("explain") ? std::vector<Named>{} : pick(images, most, seed);
  if (line.has("explain")) {
    explain(recipe, images, originals[0], seed);
    if (!line.has("out")) return 0;
  }
  const std::string out = line.need("out");
  const Sheet sheet{images, side, seed};
  const std::vector<Group> groups =
      replay      ? replay_groups(sheet, line.get<std::string>("replay"), most)
      : catalogue ? catalogue_groups(sheet, originals[0])
      : views     ? view_groups(sheet, views_in(line.get<std::string>("views")), originals,
                                static_cast<std::size_t>(count))
                  : recipe_groups(sheet, recipe, originals, static_cast<std::size_t>(count));
  std::vector<Tile> tiles;
  nlohmann::json plans = nlohmann::json::array();
  for (const Group& group : groups)
    for (const Variant& one : group) {
      tiles.push_back(one.tile);
      plans.push_back(one.text);
    }
  const int columns = catalogue ? 6 : columns_for(groups);
  write_png(out, tile_sheet(catalogue ? tiles : in_rows(groups, columns), columns, side));
  fmt::print("{}: {} tiles\n", out, tiles.size());
  if (line.has("plans")) write_plans(line.get<std::string>("plans"), groups);
  write_json(line, {{"sheet", out}, {"plans", plans}});
  return 0;
}

}  // namespace

Command preview_command() {
  return {
      .name = "preview",
      .brief = "see what a recipe does to your images",
      .about =
          "Draws a contact sheet: each original and what the recipe makes of it, captioned with the "
          "plan. Needs --out, unless it is only to --explain, or to --open.",
      .words = {{"data", data_text(), "a data set, or image files", Presence::Repeated}},
      .groups = {{"What is applied",
                  {recipe_option("standard"),
                   {"catalogue", Flag{}, "each transform of the catalogue instead, a tile for each"},
                   {"replay", file(), "this plan instead, as --plans wrote it"},
                   {"views", file(), "the views of this YAML instead, as a loader makes them of each sample"},
                   seed_option("of what is drawn")}},
                 {"The sheet",
                  {{"out", file(), "the PNG to write"},
                   {"count", Whole{.initial = 12, .least = 1, .most = 1000}, "variants in all"},
                   {"side", Whole{.placeholder = "PIXELS", .initial = 224, .least = 16, .most = 2048},
                    "side of a tile"}}},
                 {"What else is said",
                  {{"open", Flag{}, "serve it as a page instead, as doppel serve does"},
                   {"explain", Flag{}, "print what is fused into what, and what each step costs"},
                   {"plans", folder(), "write each tile's plan there, as YAML"},
                   {"json", file(), "also write the plans' captions here"}}},
                 data_group()},
      .examples = {"preview sample:photos --recipe strong --out sheet.png",
                   "preview sample:photos --catalogue --out catalogue.png"},
      .run = run_preview};
}

}  // namespace doppel::apps
