// doppel bench kernels
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "bench.h"
#include "common_options.h"
#include "doppel/base/error.h"

namespace doppel::apps {
namespace {

std::string timing_text(const nn::KernelTiming& timing) {
  if (timing.only) return "nothing to time: no other fits";
  if (timing.candidates.empty()) return "not timed";
  const char* how = timing.timed ? "" : "expected: ";
  std::vector<std::string> texts;
  for (const auto& candidate : timing.candidates)
    texts.push_back(fmt::format("{} {:.3f} ms", candidate.kernel, 1e3 * candidate.seconds));
  return fmt::format("{}{} for {} image{}", how, fmt::join(texts, ", "), timing.rows,
                     timing.rows == 1 ? "" : "s");
}

nlohmann::json timing_json(const nn::KernelTiming& timing) {
  nlohmann::json result{{"node", timing.node},     {"layer", timing.layer},
                        {"in", timing.in.text()},  {"images", timing.rows},
                        {"chosen", timing.chosen}, {"only", timing.only},
                        {"timed", timing.timed},   {"candidates", nlohmann::json::array()}};
  for (const auto& candidate : timing.candidates)
    result["candidates"].push_back({{"kernel", candidate.kernel}, {"seconds", candidate.seconds}});
  return result;
}

int bench_kernels(const CommandLine& line) {
  nn::Model model = network_model(line);
  const auto mode =
      line.has("predict") ? nn::ExecutorOptions::Mode::Inference : nn::ExecutorOptions::Mode::Training;
  const nn::Executor executor = network_executor(line, model, mode, line.has("write"));
  nlohmann::json result = nlohmann::json::array();
  fmt::print("{:<10} {:<24} {:<12} {:<11} {}\n", "node", "layer", "reads", "chosen", "one thread takes");
  for (const nn::KernelTiming& timing : executor.kernel_timings()) {
    fmt::print("{:<10} {:<24} {:<12} {:<11} {}\n", timing.node, timing.layer, timing.in.text(), timing.chosen,
               timing_text(timing));
    result.push_back(timing_json(timing));
  }
  if (result.empty()) fmt::print("it has no convolutions\n");
  const bool timed = std::ranges::any_of(executor.kernel_timings(), &nn::KernelTiming::timed);
  if (line.has("write") && !timed)
    fmt::print("nothing is to be timed: of each kind there is one kernel that fits\n");
  if (line.has("write") && timed) {
    const std::string file = nn::kernel_times_file().string();
    if (file.empty()) throw Error("the times can't be kept: neither $XDG_CACHE_HOME nor $HOME is set");
    if (!std::filesystem::is_regular_file(file) || access(file.c_str(), W_OK) != 0)
      throw Error(fmt::format("the times can't be kept: {} can't be written", file));
    fmt::print(
        "{}: from now on training and predicting choose by these times here, and may give other last "
        "bits than a machine without them\n",
        file);
  }
  write_json(line, {{"kernels", result}});
  return 0;
}

}  // namespace

Command bench_kernels_command() {
  OptionGroup choice{"Choice", executor_options()};
  choice.options.push_back({"predict", Flag{}, "for predicting, not for training"});
  choice.options.push_back(
      {"write", Flag{}, "time what isn't known yet, and keep it for this machine's next runs"});
  choice.options.push_back(json_option());
  return {.name = "bench kernels",
          .brief = "how each convolution multiplies, and what the other ways take",
          .about =
              "For each convolution of a network what each kernel that could compute it takes one thread, "
              "forward and in training back, and which is chosen: by the rule that is the same on all "
              "processors of one kind, or by times that were taken here with --write.",
          .groups = {network_group(), std::move(choice)},
          .examples = {"bench kernels --net vgg_small --shape 3x32x32",
                       "bench kernels --net vgg_small --shape 3x32x32 --write"},
          .run = bench_kernels};
}

}  // namespace doppel::apps
