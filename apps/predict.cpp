// doppel predict RUN IMAGE…
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "command.h"
#include "doppel/augment/error.h"
#include "doppel/dataset/sources.h"
#include "doppel/nn/executor.h"
#include "doppel/nn/metrics.h"
#include "run_info.h"

namespace doppel::apps {

int run_predict(const Words& words) {
  CommandLine line("predict RUN IMAGE...", "The most probable labels of pictures.");
  line.add()("run", po::value<std::string>(), "a run's folder, or a model file")(
      "images", po::value<Words>(), "image files, or folders of them")(
      "top", po::value<std::size_t>()->default_value(3), "labels per picture")(
      "json", po::value<std::string>(), "also write the result here");
  line.positional("run", 1);
  line.positional("images", -1);
  if (!line.parse(words)) return 0;
  OpenedRun run = open_run(line.need("run"));
  if (!line.has("images")) throw UsageError("say which pictures to label");
  nlohmann::json result = nlohmann::json::array();
  const auto classes = run.info.classes.size();
  for (const std::string& input : line.get<Words>("images")) {
    dataset::LoaderOptions options = run.info.evaluation_options(32);
    options.on_error = dataset::LoaderOptions::OnError::Fail;
    dataset::Loader loader(dataset::open_data(input).train, run.info.fitted({}), options);
    nn::Executor executor(run.model,
                          {.batch = 32, .shards = 2, .mode = nn::ExecutorOptions::Mode::Inference});
    for (const dataset::Batch& batch : loader.epoch(0)) {
      const auto logits = executor.predict(batch.images.values<float>(), static_cast<int>(batch.size()));
      for (std::size_t r = 0; r < batch.size(); ++r) {
        const std::vector<double> p = nn::softmax(logits.subspan(r * classes, classes));
        std::vector<std::size_t> order(classes);
        std::iota(order.begin(), order.end(), 0U);
        std::ranges::sort(order, [&](auto a, auto b) { return p[a] > p[b]; });
        const std::string name = loader.source().name(batch.indices[r]);
        fmt::print("{}:", name);
        nlohmann::json labels = nlohmann::json::array();
        for (std::size_t k = 0; k < std::min(line.get<std::size_t>("top"), classes); ++k) {
          fmt::print("{} {} {:.1f} %", k ? "," : "", run.info.classes[order[k]], 100 * p[order[k]]);
          labels.push_back({{"label", run.info.classes[order[k]]}, {"probability", p[order[k]]}});
        }
        fmt::print("\n");
        result.push_back({{"image", name}, {"labels", labels}});
      }
    }
  }
  write_json(line, result);
  return 0;
}

}  // namespace doppel::apps
