#include "doppel/nn/study/run_info.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "doppel/augment/transforms/color/normalize.h"
#include "doppel/augment/transforms/crop/resize.h"
#include "doppel/base/error.h"
#include "doppel/base/json_fields.h"
#include "doppel/dataset/analysis/data_hash.h"
#include "doppel/dataset/analysis/split.h"
#include "doppel/dataset/analysis/statistics.h"
#include "doppel/dataset/combine/class_masks.h"
#include "doppel/dataset/combine/ranged.h"
#include "doppel/dataset/order/fit_to.h"
#include "doppel/nn/formats/safetensors.h"
#include "doppel/nn/gan/gan.h"
#include "doppel/nn/model/notation.h"
#include "doppel/nn/train/trainer.h"

namespace doppel::nn {

namespace {

constexpr std::string_view kIndependent = "independent", kMasks = "masks";

/// White where it isn't said.
AlphaOver alpha_of(const std::map<std::string, std::string>& metadata) {
  const auto said = metadata.find("doppel.alpha");
  if (said == metadata.end()) return AlphaOver::White;
  const auto found = std::ranges::find(kAlphaOverNames, said->second);
  if (found == kAlphaOverNames.end()) throw Error("alpha " + said->second);
  return static_cast<AlphaOver>(found - kAlphaOverNames.begin());
}

/// Exclusive where it isn't said.
dataset::Labels outputs_in(const std::map<std::string, std::string>& metadata) {
  const auto said = metadata.find("doppel.outputs");
  if (said == metadata.end() || said->second == kMasks) return dataset::Labels::Exclusive;
  if (said->second != kIndependent) throw Error("outputs " + said->second);
  return dataset::Labels::Independent;
}

bool masks_in(const std::map<std::string, std::string>& metadata) {
  const auto said = metadata.find("doppel.outputs");
  return said != metadata.end() && said->second == kMasks;
}

std::vector<double> range_in(const std::map<std::string, std::string>& metadata) {
  const auto said = metadata.find("doppel.range");
  if (said == metadata.end()) return {};
  auto range = nlohmann::json::parse(said->second).get<std::vector<double>>();
  if (range.size() != 2 || !(range[0] < range[1])) throw Error("range " + said->second);
  return range;
}

/// None where it isn't said.
NumberTask numbers_in(const std::map<std::string, std::string>& metadata) {
  const auto said = metadata.find("doppel.numbers");
  if (said == metadata.end()) return {};
  const auto json = nlohmann::json::parse(said->second);
  NumberTask task{.names = json.at("names"), .mean = json.at("mean"), .std = json.at("std")};
  if (task.names.empty() || task.mean.size() != task.names.size() || task.std.size() != task.names.size())
    throw Error("numbers " + said->second);
  return task;
}

}  // namespace

void check_has_begun(const std::filesystem::path& checkpoint) {
  if (!std::filesystem::exists(checkpoint))
    throw UsageError(
        fmt::format("there is no checkpoint {}: the run was stopped before its first; leave --resume out to "
                    "begin again",
                    checkpoint.string()));
}

std::map<std::string, std::string> data_metadata(const RunInfo& info, const TrainTest& data) {
  auto all = info.metadata();
  all["doppel.images"] = std::to_string(data.train->size());
  for (const auto& [source, key] : {std::pair{data.train, "doppel.data"}, {data.test, "doppel.held_out"}}) {
    if (!source) continue;
    all[key] = fmt::format("{:016x}", dataset::listing_hash(*source));
    all[key + std::string("_images")] =
        fmt::format("{:016x}", dataset::images_hash(*source, dataset::HashedImages::All));
  }
  return all;
}

void check_same_data(const std::filesystem::path& checkpoint, const std::map<std::string, std::string>& now) {
  const auto before = load_tensors(checkpoint).metadata;
  const auto differs = [&](const char* key) {
    const auto old = before.find(key), found = now.find(key);
    return old != before.end() && found != now.end() && old->second != found->second;
  };
  for (const auto& [key, what] : {std::pair{"doppel.classes", "classes"},
                                  {"doppel.images", "number of images"},
                                  {"doppel.mixed", "generated images of"}})
    if (differs(key))
      throw UsageError(fmt::format("{}: was made with the {} {}, not {}; go on with the same data",
                                   checkpoint.string(), what, before.at(key), now.at(key)));
  for (const auto& [key, what] : {std::pair{"doppel.data", "names or labels of what is learned from"},
                                  {"doppel.data_images", "images to learn from"},
                                  {"doppel.held_out", "names or labels of what is held out"},
                                  {"doppel.held_out_images", "images that are held out"}})
    if (differs(key))
      throw UsageError(fmt::format("{}: was made with other {} than are there now; go on with the same data",
                                   checkpoint.string(), what));
}

namespace {

std::string numbers_json(const std::array<float, 4>& few, const std::vector<float>& bands) {
  return bands.empty() ? nlohmann::json(few).dump() : nlohmann::json(bands).dump();
}

/// A number for each band, or one for each colour.
void take_numbers(const nlohmann::json& said, int channels, std::array<float, 4>& few,
                  std::vector<float>& bands) {
  if (is_banded(channels) && said.size() == static_cast<std::size_t>(channels))
    bands = said.get<std::vector<float>>();
  else
    few = said.get<std::array<float, 4>>();
}

}  // namespace

std::map<std::string, std::string> RunInfo::metadata() const {
  const nlohmann::json shape{input.channels, input.height, input.width};
  std::map<std::string, std::string> all{{"doppel.network", network},
                                         {"doppel.input", shape.dump()},
                                         {"doppel.classes", nlohmann::json(classes).dump()},
                                         {"doppel.mean", numbers_json(mean, band_mean)},
                                         {"doppel.std", numbers_json(std, band_std)}};
  if (alpha != AlphaOver::White) all["doppel.alpha"] = kAlphaOverNames[static_cast<std::size_t>(alpha)];
  if (outputs == dataset::Labels::Independent) all["doppel.outputs"] = kIndependent;
  if (masks) all["doppel.outputs"] = kMasks;
  if (foreground) all["doppel.foreground"] = std::to_string(dataset::kUncounted);
  if (!range.empty()) all["doppel.range"] = nlohmann::json(range).dump();
  if (!numbers.empty())
    all["doppel.numbers"] =
        nlohmann::json{{"names", numbers.names}, {"mean", numbers.mean}, {"std", numbers.std}}.dump();
  return all;
}

namespace {

struct DamagedRunInfo : Error {
  using Error::Error;
};

/// Images as large as any picture, of means and deviations that one can divide by.
void check_normalises(const RunInfo& info, const std::string& path) {
  constexpr std::int64_t kMostPixels = std::int64_t{1} << 28;
  if (info.input.height < 1 || info.input.width < 1 ||
      std::int64_t{info.input.height} * info.input.width > kMostPixels)
    throw DamagedRunInfo(fmt::format("{}: its images of {}x{} can't be: pictures have up to 2^28 pixels",
                                     path, info.input.height, info.input.width));
  const auto is_mean = [](float v) { return std::isfinite(v); };
  const auto is_std = [](float v) { return std::isfinite(v) && v > 0; };
  if (!std::ranges::all_of(info.mean, is_mean) || !std::ranges::all_of(info.band_mean, is_mean) ||
      !std::ranges::all_of(info.std, is_std) || !std::ranges::all_of(info.band_std, is_std))
    throw DamagedRunInfo(
        fmt::format("{}: the means and deviations of its images aren't finite, or a deviation is 0", path));
}

}  // namespace

RunInfo RunInfo::from(const std::map<std::string, std::string>& metadata, const std::string& path) {
  try {
    const auto json = [&](const char* key) { return nlohmann::json::parse(metadata.at(key)); };
    std::array<int, 3> shape{};
    for (std::size_t k = 0; k < shape.size(); ++k)
      shape[k] = json_whole<int>(json("doppel.input").at(k)).value();
    RunInfo info{metadata.at("doppel.network"),
                 {shape[0], shape[1], shape[2]},
                 json("doppel.classes").get<std::vector<std::string>>(),
                 {},
                 {},
                 alpha_of(metadata),
                 outputs_in(metadata),
                 range_in(metadata),
                 numbers_in(metadata),
                 masks_in(metadata),
                 metadata.contains("doppel.foreground")};
    info.std.fill(1);
    take_numbers(json("doppel.mean"), shape[0], info.mean, info.band_mean);
    take_numbers(json("doppel.std"), shape[0], info.std, info.band_std);
    check_normalises(info, path);
    return info;
  } catch (const DamagedRunInfo&) { throw; } catch (const std::exception&) {
    throw Error(path + ": doesn't say how its network is used; it wasn't made by doppel train");
  }
}

dataset::LoaderOptions RunInfo::evaluation_options(std::size_t batch) const {
  dataset::LoaderOptions options;
  options.batch = batch;
  options.order = dataset::LoaderOptions::Order::Sequential;
  options.epochs = 1;
  options.channels = input.channels;
  options.alpha = alpha;
  options.mean = mean;
  options.std = std;
  return options;
}

augment::Recipe RunInfo::fitted(const augment::Recipe& recipe) const {
  augment::Recipe sized = dataset::fitted_by(recipe, augment::Resize{.size = {input.height, input.width}});
  if (band_mean.empty()) return sized;
  if (std::ranges::any_of(recipe.transforms(), dataset::normalizes))
    throw UsageError("the recipe normalises, but bands are normalised by the data's own numbers");
  return sized.then(augment::Normalize{.mean = {band_mean.begin(), band_mean.end()},
                                       .std = {band_std.begin(), band_std.end()}});
}

dataset::SourcePtr RunInfo::in_range(const dataset::SourcePtr& source) const {
  return range.empty() ? source : std::make_shared<dataset::Ranged>(source, range[0], range[1]);
}

bool gives_one_size(augment::Recipe recipe, const dataset::Source& source) {
  constexpr std::size_t kLooked = 16;
  if (recipe.wants_statistics()) recipe.bind_statistics({0.5}, {0.5});
  recipe.bind_labels(source.classes());
  std::optional<Size> size;
  for (std::size_t i = 0; i < std::min(kLooked, source.size()); ++i) {
    const augment::Sample sample = load(source, i * (source.size() / std::min(kLooked, source.size())));
    const Size now = recipe.draw(sample, {.seed = 1, .index = i}).size();
    if (size && *size != now) return false;
    size = now;
  }
  return true;
}

RunInfo describe_data(const dataset::Source& source, int side, const OnPhase& on_phase, AlphaOver alpha) {
  RunInfo info;
  info.alpha = alpha;
  info.classes = source.classes();
  const dataset::ImageStatistics images =
      dataset::image_statistics(source, 0, 1000, begin_phase(on_phase, "looking at", "images"), alpha);
  Size size = images.size.value_or(Size{64, 64});
  if (side > 0) size = {side, side};
  info.has_one_size = side > 0 || images.size.has_value();
  info.input = {images.channels, size.height, size.width};
  info.looked_at = images.looked_at;
  info.few_levels = images.few_levels;
  info.beyond = images.beyond;
  info.transparent = images.transparent;
  info.bands = images.bands;
  if (is_banded(images.channels)) {
    constexpr double kLeast = 1e-4;  // of a band that is all alike
    info.band_mean.assign(images.mean.begin(), images.mean.end());
    for (const double one : images.std) info.band_std.push_back(static_cast<float>(std::max(one, kLeast)));
    return info;
  }
  for (std::size_t c = 0; c < (images.channels >= 4 ? 4U : 3U); ++c) {
    const std::size_t of = std::min(c, images.mean.size() - 1), last = c == 3 ? images.mean.size() : of + 1;
    double mean = 0, std = 0;
    for (std::size_t k = of; k < last; ++k) mean += images.mean[k], std += images.std[k];
    info.mean[c] = static_cast<float>(mean / static_cast<double>(last - of));
    info.std[c] = static_cast<float>(std / static_cast<double>(last - of));
  }
  return info;
}

TrainTest train_and_test(const dataset::OpenedData& data) {
  if (data.test) return {data.train, data.test};
  constexpr double kHeldOut = 1 / 7.0;
  const dataset::Split split = dataset::stratified_split(data.train, kHeldOut, 1);
  return {split.train, split.rest, true};
}

std::string recipe_for(const std::string& wanted, const RunInfo& info) {
  if (wanted != "auto") return wanted;
  // Presets have transforms of colours.
  if (!info.numbers.empty() || info.bands) return "none";
  if (info.masks) return "masks";
  bool digits = info.input.channels == 1 && !info.classes.empty() && info.classes.size() <= 10;
  for (std::size_t c = 0; c < info.classes.size(); ++c)
    digits = digits && info.classes[c] == std::to_string(c);
  return digits ? "digits" : "standard";
}

Size parse_gan_size(const std::string& text) {
  int height = 0, width = 0;
  const char* const end = text.data() + text.size();
  auto at = std::from_chars(text.data(), end, height);
  width = height;
  if (at.ec == std::errc() && at.ptr != end && *at.ptr == 'x') at = std::from_chars(at.ptr + 1, end, width);
  if (at.ec != std::errc() || at.ptr != end || !is_gan_size({height, width}))
    throw UsageError(fmt::format(
        "the size '{}' is none of a GAN: it is SIDE or HEIGHTxWIDTH, each a multiple of 4 from {} to {}",
        text, kLeastGanSide, kMostGanSide));
  return {height, width};
}

bool fit_to_gan(RunInfo& info, const std::optional<Size>& wanted) {
  if (info.bands)
    throw UsageError(
        fmt::format("a GAN makes grey, RGB or RGBA; these images have {} channels", info.input.channels));
  const Size own{info.input.height, info.input.width};
  const auto nearest_side = [](int side) { return std::max(kLeastGanSide, (side + 2) / 4 * 4); };
  const bool large = std::max(own.width, own.height) > kMostGanSide;
  const Size size = wanted  ? *wanted
                    : large ? Size{64, 64}
                            : Size{nearest_side(own.height), nearest_side(own.width)};
  info.input.height = size.height;
  info.input.width = size.width;
  return !(size == own);
}

namespace {

/// Of a file whose network may be damaged.
Graph graph_of(const RunInfo& info, const std::filesystem::path& file) {
  try {
    return build_graph(parse_network(info.network), info.input, info.outputs_count());
  } catch (const Error& error) { throw Error(fmt::format("{}: {}", file.string(), error.what())); }
}

}  // namespace

OpenedRun open_run(const std::filesystem::path& run) {
  const std::filesystem::path file = std::filesystem::is_directory(run) ? run / "model.safetensors" : run;
  if (file.extension() == ".onnx")
    throw UsageError(
        fmt::format("{} is a network of another tool: `doppel import {} --out RUN` makes a run of it",
                    file.string(), file.string()));
  const auto refuse_gan = [&] {
    throw UsageError(fmt::format(
        "{} is a GAN's, which makes images and tells nothing of them: `doppel generate` and `doppel "
        "export` take the folder of its run",
        run.string()));
  };
  if (!std::filesystem::exists(file)) {
    if (std::filesystem::exists(run / "gan.safetensors")) refuse_gan();
    throw Error(fmt::format("there is no trained network at {}", file.string()));
  }
  const auto metadata = load_tensors(file).metadata;
  if (metadata.contains("gan_step")) refuse_gan();
  const RunInfo info = RunInfo::from(metadata, file.string());
  Model model(graph_of(info, file), 0);
  load_model(file, model);
  return {info, std::move(model)};
}

}  // namespace doppel::nn
