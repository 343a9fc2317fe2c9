// doppel bench kernels
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "bench.h"
#include "common_options.h"

namespace doppel::apps {
namespace {

std::string timing_text(const nn::KernelTiming& timing) {
  if (timing.only) return "nothing to time: no other fits";
  if (timing.candidates.empty()) return "not timed";
  std::vector<std::string> texts;
  for (const auto& candidate : timing.candidates)
    texts.push_back(fmt::format("{} {:.3f} ms", candidate.kernel, 1e3 * candidate.seconds));
  return fmt::format("{} for {} image{}", fmt::join(texts, ", "), timing.rows, timing.rows == 1 ? "" : "s");
}

nlohmann::json timing_json(const nn::KernelTiming& timing) {
  nlohmann::json result{{"node", timing.node},
                        {"layer", timing.layer},
                        {"in", timing.in.text()},
                        {"images", timing.rows},
                        {"chosen", timing.chosen},
                        {"only", timing.only},
                        {"candidates", nlohmann::json::array()}};
  for (const auto& candidate : timing.candidates)
    result["candidates"].push_back({{"kernel", candidate.kernel}, {"seconds", candidate.seconds}});
  return result;
}

int bench_kernels(const CommandLine& line) {
  nn::Model model = network_model(line);
  const auto mode =
      line.has("predict") ? nn::ExecutorOptions::Mode::Inference : nn::ExecutorOptions::Mode::Training;
  const nn::Executor executor = network_executor(line, model, mode);
  nlohmann::json result = nlohmann::json::array();
  fmt::print("{:<10} {:<24} {:<12} {:<11} {}\n", "node", "layer", "reads", "chosen", "one thread takes");
  for (const nn::KernelTiming& timing : executor.kernel_timings()) {
    fmt::print("{:<10} {:<24} {:<12} {:<11} {}\n", timing.node, timing.layer, timing.in.text(), timing.chosen,
               timing_text(timing));
    result.push_back(timing_json(timing));
  }
  if (result.empty()) fmt::print("it has no convolutions\n");
  write_json(line, {{"kernels", result}});
  return 0;
}

}  // namespace

Command bench_kernels_command() {
  OptionGroup choice{"Choice", executor_options()};
  choice.options.push_back({"predict", Flag{}, "for predicting, not for training"});
  choice.options.push_back(json_option());
  return {.name = "bench kernels",
          .brief = "how each convolution multiplies, and what the other ways take",
          .about =
              "What this machine found out about each convolution of a network: what each kernel that could "
              "compute it takes one thread, forward and in training back, and which was chosen. What isn't "
              "known yet is timed now, and kept.",
          .groups = {network_group(), std::move(choice)},
          .examples = {"bench kernels --net vgg_small --shape 3x32x32 --precision bf16"},
          .run = bench_kernels};
}

}  // namespace doppel::apps
