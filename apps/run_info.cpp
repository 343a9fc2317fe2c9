#include "run_info.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>

#include "doppel/augment/error.h"
#include "doppel/augment/transforms/crop.h"
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
  return recipe.then(augment::Resize{.size = {input.height, input.width}});
}

RunInfo describe_data(const dataset::Source& source) {
  RunInfo info;
  info.classes = source.classes();
  std::optional<augment::Size> size;
  bool alike = true;
  int looked = 0;
  cv::Scalar sum, square;
  const std::size_t step = std::max<std::size_t>(1, source.size() / 1000);
  std::string first_error;
  for (std::size_t i = 0; i < source.size(); i += step) {
    cv::Mat image;
    try {
      image = load(source, i).image;
    } catch (const Error& error) {
      if (first_error.empty()) first_error = error.what();
      continue;
    }
    if (!size) info.input.channels = image.channels() == 1 ? 1 : 3;
    alike = alike && (!size || *size == augment::size_of(image));
    size = augment::size_of(image);
    if (image.channels() < info.input.channels) cv::merge(std::vector<cv::Mat>{image, image, image}, image);
    cv::Scalar mean, deviation;
    cv::meanStdDev(image, mean, deviation);
    for (int c = 0; c < 3; ++c) {
      sum[c] += mean[c];
      square[c] += mean[c] * mean[c] + deviation[c] * deviation[c];
    }
    ++looked;
  }
  if (!size) throw Error(first_error.empty() ? "the data set holds no samples" : first_error);
  info.input.height = alike ? size->height : 64;
  info.input.width = alike ? size->width : 64;
  for (std::size_t c = 0; c < 3; ++c) {
    const double mean = sum[static_cast<int>(c)] / looked;
    info.mean[c] = static_cast<float>(mean / 255);
    info.std[c] = static_cast<float>(
        std::max(1e-3, std::sqrt(std::max(0.0, square[static_cast<int>(c)] / looked - mean * mean)) / 255));
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
