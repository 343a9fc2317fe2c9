// doppel predict RUN IMAGE…
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "command.h"
#include "common_options.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/dataset/combine/concat.h"
#include "doppel/dataset/open/open_data.h"
#include "doppel/dataset/sources/image_files.h"
#include "doppel/nn/engine/executor.h"
#include "doppel/nn/study/run_info.h"
#include "doppel/nn/train/metrics.h"
#include "doppel/nn/train/multi_label.h"
#include "live_line.h"
#include "telling.h"

namespace doppel::apps {

namespace {

/// Every image below a folder, whatever it is called; of other data sets all parts.
dataset::SourcePtr images_of(const std::string& input) {
  if (is_folder(input))
    if (auto files = dataset::ImageFiles::below(input); files->size() > 0) return files;
  const dataset::OpenedData data = open_data(input, {.ignore = true, .columns = {}, .root = {}, .range = {}});
  std::vector<dataset::SourcePtr> parts;
  for (const dataset::SourcePtr& part : {data.train, data.valid, data.test})
    if (part) parts.push_back(part);
  return parts.size() == 1 ? parts[0] : std::make_shared<dataset::Concat>(parts);
}

struct Guess {
  std::size_t label;
  double probability;
};

/// The most probable labels first. Of independent ones all from 0.5 on, and the best in any case, unless
/// --top says how many.
std::vector<Guess> guesses(const CommandLine& line, const nn::RunInfo& info, std::span<const float> logits) {
  const bool independent = info.outputs == dataset::Labels::Independent;
  const std::vector<double> p = independent ? nn::sigmoid(logits) : nn::softmax(logits);
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, [&](auto a, auto b) { return p[a] > p[b]; });
  auto shown = std::min(line.get<std::size_t>("top"), p.size());
  if (independent && !line.has("top"))
    shown = std::max<std::size_t>(
        1, static_cast<std::size_t>(std::ranges::count_if(p, [](double v) { return v >= 0.5; })));
  std::vector<Guess> all;
  for (std::size_t k = 0; k < shown; ++k) all.push_back({order[k], p[order[k]]});
  return all;
}

/// A line for an image, and the same as JSON.
nlohmann::json tell_labels(const CommandLine& line, const nn::RunInfo& info, const std::string& name,
                           std::span<const float> logits) {
  fmt::print("{}:", name);
  nlohmann::json labels = nlohmann::json::array();
  for (const auto& [label, p] : guesses(line, info, logits)) {
    fmt::print("{} {} {:.1f} %", labels.empty() ? "" : ",", info.classes[label], 100 * p);
    labels.push_back({{"label", info.classes[label]}, {"probability", p}});
  }
  fmt::print("\n");
  return {{"image", name}, {"labels", labels}};
}

nlohmann::json tell_numbers(const nn::NumberTask& task, const std::string& name,
                            std::span<const float> outputs) {
  const std::vector<double> told = task.numbers(outputs);
  fmt::print("{}:", name);
  nlohmann::json numbers = nlohmann::json::object();
  for (std::size_t k = 0; k < told.size(); ++k) {
    fmt::print("{} {} {:.5g}", k == 0 ? "" : ",", task.names[k], told[k]);
    numbers[task.names[k]] = told[k];
  }
  fmt::print("\n");
  return {{"image", name}, {"numbers", numbers}};
}

int run_predict(const CommandLine& line) {
  nn::OpenedRun run = nn::open_run(line.get<std::string>("run"));
  nlohmann::json result = nlohmann::json::array();
  const auto outputs = static_cast<std::size_t>(run.info.outputs_count());
  for (const std::string& input : line.get<Words>("images")) {
    dataset::LoaderOptions options = run.info.evaluation_options(32);
    options.on_error = dataset::LoaderOptions::OnError::Fail;
    dataset::Loader loader(run.info.in_range(images_of(input)), run.info.fitted({}), options);
    LiveLine timing(nn::kTimingKernels);
    nn::Executor executor(
        run.model,
        {.batch = 32, .shards = 2, .mode = nn::ExecutorOptions::Mode::Inference, .timing = timing.counter()});
    timing.end();
    LiveLine live("predicting", "images");
    std::size_t done = 0;
    for (const dataset::Batch& batch : loader.epoch(0)) {
      // Where somebody looks at the labels, they tell how far it is.
      if (::isatty(STDOUT_FILENO) == 0) live.count(done, loader.source().size());
      done += batch.size();
      const auto logits = executor.predict(batch.images.values<float>(), static_cast<int>(batch.size()));
      for (std::size_t r = 0; r < batch.size(); ++r) {
        const std::string name = loader.source().name(batch.indices[r]);
        const auto row = logits.subspan(r * outputs, outputs);
        result.push_back(run.info.numbers.empty() ? tell_labels(line, run.info, name, row)
                                                  : tell_numbers(run.info.numbers, name, row));
      }
    }
  }
  write_json(line, result);
  return 0;
}

}  // namespace

Command predict_command() {
  return {
      .name = "predict",
      .brief = "labels with probabilities for images",
      .about =
          "The most probable labels of images; of a network that learned with --loss binary all that are "
          "more probable than not; of one that learned numbers these.",
      .words = {run_word(), {"images", file("IMAGE"), "image files, or folders of them", Presence::Repeated}},
      .groups = {{"Options",
                  {{"top", Whole{.initial = 3, .least = 1}, "labels of each image"}, json_option()}}},
      .examples = {"predict runs/first image.png"},
      .run = run_predict};
}

}  // namespace doppel::apps
