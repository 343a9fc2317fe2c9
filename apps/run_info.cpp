#include "run_info.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "doppel/augment/error.h"
#include "doppel/augment/transforms/crop.h"
#include "doppel/dataset/statistics.h"
#include "doppel/nn/notation.h"
#include "doppel/nn/safetensors.h"
#include "doppel/nn/trainer.h"

namespace doppel::apps {

std::map<std::string, std::string> RunInfo::metadata() const {
  const nlohmann::json shape{input.channels, input.height, input.width};
  return {{"doppel.network", network},
          {"doppel.input", shape.dump()},
          {"doppel.classes", nlohmann::json(classes).dump()},
          {"doppel.mean", nlohmann::json(mean).dump()},
          {"doppel.std", nlohmann::json(std).dump()}};
}

RunInfo RunInfo::from(const std::map<std::string, std::string>& metadata, const std::string& path) {
  try {
    const auto json = [&](const char* key) { return nlohmann::json::parse(metadata.at(key)); };
    const auto shape = json("doppel.input").get<std::array<int, 3>>();
    return {metadata.at("doppel.network"),
            {shape[0], shape[1], shape[2]},
            json("doppel.classes").get<std::vector<std::string>>(),
            json("doppel.mean").get<std::array<float, 4>>(),
            json("doppel.std").get<std::array<float, 4>>()};
  } catch (const std::exception&) {
    throw Error(path + ": doesn't say how its network is used; it wasn't made by doppel train");
  }
}

dataset::LoaderOptions RunInfo::evaluation_options(std::size_t batch) const {
  dataset::LoaderOptions options;
  options.batch = batch;
  options.order = dataset::LoaderOptions::Order::Sequential;
  options.epochs = 1;
  options.channels = input.channels;
  options.mean = mean;
  options.std = std;
  return options;
}

augment::Recipe RunInfo::fitted(const augment::Recipe& recipe) const {
  std::vector<augment::Transform> transforms = recipe.transforms();
  // What normalises comes last.
  const bool last = !transforms.empty() && transforms.back().name() == "Normalize";
  transforms.insert(transforms.end() - (last ? 1 : 0), augment::Resize{.size = {input.height, input.width}});
  return augment::Recipe(std::move(transforms), recipe.rules());
}

bool gives_one_size(augment::Recipe recipe, const dataset::Source& source) {
  constexpr std::size_t kLooked = 16;
  if (recipe.wants_statistics()) recipe.bind_statistics({0.5}, {0.5});
  recipe.bind_labels(source.classes());
  std::optional<augment::Size> size;
  for (std::size_t i = 0; i < std::min(kLooked, source.size()); ++i) {
    const augment::Sample sample = load(source, i * (source.size() / std::min(kLooked, source.size())), 3);
    const augment::Size now = recipe.draw(sample, {.seed = 1, .index = i}).size();
    if (size && *size != now) return false;
    size = now;
  }
  return true;
}

RunInfo describe_data(const dataset::Source& source) {
  RunInfo info;
  info.classes = source.classes();
  const dataset::PictureStatistics pictures = dataset::picture_statistics(source);
  const augment::Size size = pictures.size.value_or(augment::Size{64, 64});
  info.input = {pictures.channels, size.height, size.width};
  for (std::size_t c = 0; c < 3; ++c) {
    const std::size_t of = std::min(c, pictures.mean.size() - 1);
    info.mean[c] = static_cast<float>(pictures.mean[of]);
    info.std[c] = static_cast<float>(pictures.std[of]);
  }
  return info;
}

OpenedRun open_run(const std::filesystem::path& run) {
  const std::filesystem::path file = std::filesystem::is_directory(run) ? run / "model.safetensors" : run;
  if (!std::filesystem::exists(file))
    throw Error(fmt::format("there is no trained network at {}", file.string()));
  const RunInfo info = RunInfo::from(nn::load_tensors(file).metadata, file.string());
  nn::Model model(
      nn::build_graph(nn::parse_network(info.network), info.input, static_cast<int>(info.classes.size())), 0);
  nn::load_model(file, model);
  return {info, std::move(model)};
}

}  // namespace doppel::apps
