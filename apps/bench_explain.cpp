#include "bench_explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace doppel::apps {
namespace {

/// Of one step, or the sums of several.
struct Explained {
  double seconds = 0, flops = 0, bytes = 0, limit = 0;

  void add(const nn::StepTime& step, double least) {
    seconds += step.seconds;
    flops += step.flops;
    bytes += step.bytes;
    limit += least;
  }
  /// Of the limit; a step may take no time that the clock sees.
  double share() const { return limit / std::max(seconds, 1e-9); }
  std::string text(const char* what = "") const {
    return fmt::format("{:>10.3f}{:>10.3f}{:>10.2f}{:>10.3f} {:<6}{:>7.0f} %", 1e3 * seconds, flops / 1e9,
                       bytes / 1e6, 1e3 * limit, what, 100 * share());
  }
  nlohmann::json json() const {
    return {{"seconds", seconds}, {"flops", flops}, {"bytes", bytes}, {"limit_seconds", limit}};
  }
};

nlohmann::json show_limits(const nn::MachineLimits& limits) {
  fmt::print("\nthis machine with {} thread{}: {:.0f} GFLOP/s of f32, {}{:.1f} GB/s to and from memory\n",
             limits.threads, limits.threads == 1 ? "" : "s", limits.f32_flops / 1e9,
             limits.bf16_flops > 0 ? fmt::format("{:.0f} of bf16, ", limits.bf16_flops / 1e9) : "",
             limits.bytes / 1e9);
  return {{"threads", limits.threads},
          {"f32_flops_per_second", limits.f32_flops},
          {"bf16_flops_per_second", limits.bf16_flops},
          {"bytes_per_second", limits.bytes}};
}

/// As wide as the longest, within bounds.
template <class Text>
std::size_t width_of(const std::vector<nn::StepTime>& steps, std::size_t least, Text text) {
  constexpr std::size_t kWidest = 28;
  for (const nn::StepTime& step : steps) least = std::max(least, text(step).size());
  return std::min(least, kWidest);
}

}  // namespace

StepLimit limit_of(const nn::StepTime& step, const nn::MachineLimits& limits) {
  const bool bf16 = step.bf16 && limits.bf16_flops > 0;
  const double products = step.flops / (bf16 ? limits.bf16_flops : limits.f32_flops),
               moves = step.bytes / limits.bytes;
  return products > moves ? StepLimit{products, bf16 ? "bf16" : "f32"} : StepLimit{moves, "memory"};
}

nlohmann::json explain_steps(const std::vector<nn::StepTime>& steps, const nn::MachineLimits& limits,
                             double whole) {
  nlohmann::json result{{"machine", show_limits(limits)}, {"steps", nlohmann::json::array()}};
  const std::size_t names = width_of(steps, 6, [](const auto& s) { return s.node; }),
                    layers = width_of(steps, 6, [](const auto& s) { return s.layer; });
  fmt::print("\n{:<{}} {:<{}} {:<10}{:>10}{:>10}{:>10}{:>10} {:<6}{:>9}\n", "node", names, "layer", layers,
             "pass", "ms", "GFLOP", "MB", "limit ms", "by", "of limit");
  std::map<std::string, Explained> passes;
  Explained all;
  for (const nn::StepTime& step : steps) {
    const StepLimit limit = limit_of(step, limits);
    Explained one;
    for (Explained* sum : {&one, &passes[step.pass], &all}) sum->add(step, limit.seconds);
    fmt::print("{:<{}.{}} {:<{}.{}} {:<10}{}\n", step.node, names, names, step.layer, layers, layers,
               step.pass, one.text(limit.what));
    result["steps"].push_back(one.json());
    result["steps"].back().update({{"node", step.node},
                                   {"layer", step.layer},
                                   {"pass", step.pass},
                                   {"precision", step.bf16 ? "bf16" : "f32"},
                                   {"limited_by", limit.what}});
  }
  for (const char* pass : {"load", "forward", "backward", "parameters"})
    if (passes.contains(pass))
      fmt::print("{:<{}} {:<{}} {:<10}{}\n", "all", names, "", layers, pass, passes[pass].text());
  fmt::print("{:<{}} {:<{}} {:<10}{}\n", "all", names, "", layers, "", all.text());
  fmt::print(
      "a batch took {:.3f} ms: what isn't the layers' is copies of images and results, loss, optimizer, and "
      "threads that wait\n",
      1e3 * whole);
  result["all"] = all.json();
  result["whole_seconds"] = whole;
  return result;
}

}  // namespace doppel::apps
