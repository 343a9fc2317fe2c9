#include "doppel/nn/optimizer.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/kernels.h"

namespace doppel::nn {
namespace {

/// Numbers that one task updates.
constexpr std::size_t kChunk = 1 << 15;

struct Chunk {
  std::size_t parameter, first, count;
};

std::vector<Chunk> chunks_of(const Model& model) {
  std::vector<Chunk> chunks;
  for (std::size_t p = 0; p < model.parameters().size(); ++p)
    for (std::size_t first = 0, n = model.parameters()[p].grad.size(); first < n; first += kChunk)
      chunks.push_back({p, first, std::min(kChunk, n - first)});
  return chunks;
}

}  // namespace

Optimizer::Optimizer(const Model& model, OptimizerOptions options) : options_(options) {
  const std::vector<std::string> names = options.kind == OptimizerOptions::Kind::Sgd
                                             ? std::vector<std::string>{"momentum"}
                                             : std::vector<std::string>{"m", "v"};
  for (const auto& name : names) {
    states_.push_back({name, {}});
    for (const Parameter& p : model.parameters()) states_.back().values.emplace_back(p.grad.size(), 0.F);
  }
}

void Optimizer::step(Model& model, Executor& executor, double rate) {
  ++steps_;
  const std::vector<Chunk> chunks = chunks_of(model);
  const double correct1 = 1 - std::pow(options_.beta1, static_cast<double>(steps_));
  const double correct2 = std::sqrt(1 - std::pow(options_.beta2, static_cast<double>(steps_)));
  executor.parallel(static_cast<int>(chunks.size()), [&](int i) {
    const Chunk& chunk = chunks[static_cast<std::size_t>(i)];
    Parameter& p = model.parameters()[chunk.parameter];
    const double decay = p.kind == Parameter::Kind::Weight ? options_.weight_decay : 0;
    float* w = p.value.data() + chunk.first;
    const float* g = p.grad.data() + chunk.first;
    float* first = states_[0].values[chunk.parameter].data() + chunk.first;
    if (options_.kind == OptimizerOptions::Kind::Sgd) {
      engine::sgd_update(w, g, first, chunk.count, static_cast<float>(rate),
                         static_cast<float>(options_.momentum), static_cast<float>(decay));
      return;
    }
    // rate/c1 · m / (sqrt(v)/c2 + e) = (rate · c2 / c1) · m / (sqrt(v) + e · c2)
    engine::adam_update(w, g, first, states_[1].values[chunk.parameter].data() + chunk.first, chunk.count,
                        {static_cast<float>(rate * correct2 / correct1), static_cast<float>(options_.beta1),
                         static_cast<float>(options_.beta2), static_cast<float>(options_.epsilon * correct2),
                         static_cast<float>(rate * decay)});
  });
  executor.parameters_changed();
}

double CosineSchedule::operator()(std::uint64_t step) const {
  if (step < warm_up) return peak * static_cast<double>(step + 1) / static_cast<double>(warm_up);
  const double share = static_cast<double>(step - warm_up) /
                       static_cast<double>(std::max<std::uint64_t>(1, total - std::min(total, warm_up)));
  return peak * 0.5 * (1 + std::cos(std::numbers::pi * std::min(1.0, share)));
}

}  // namespace doppel::nn
