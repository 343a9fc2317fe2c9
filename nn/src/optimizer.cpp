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

std::vector<std::string> state_names(OptimizerOptions::Kind kind) {
  switch (kind) {
    case OptimizerOptions::Kind::Sgd:
      return {"momentum"};
    case OptimizerOptions::Kind::RmsProp:
      return {"momentum", "squares"};
    default:
      return {"m", "v"};
  }
}

/// What gradients are multiplied by so that all together are no longer than `most`. Summed in the chunks'
/// order.
double clipping(Model& model, Executor& executor, const std::vector<Chunk>& chunks, double most) {
  std::vector<double> sums(chunks.size());
  executor.parallel(static_cast<int>(chunks.size()), [&](int i) {
    const Chunk& chunk = chunks[static_cast<std::size_t>(i)];
    const float* g = model.parameters()[chunk.parameter].grad.data() + chunk.first;
    double sum = 0;
    for (std::size_t k = 0; k < chunk.count; ++k)
      sum += static_cast<double>(g[k]) * static_cast<double>(g[k]);
    sums[static_cast<std::size_t>(i)] = sum;
  });
  double all = 0;
  for (const double sum : sums) all += sum;
  const double norm = std::sqrt(all);
  return norm > most ? most / norm : 1;
}

}  // namespace

Optimizer::Optimizer(const Model& model, OptimizerOptions options) : options_(options) {
  for (const auto& name : state_names(options.kind)) {
    states_.push_back({name, {}});
    for (const Parameter& p : model.parameters()) states_.back().values.emplace_back(p.grad.size(), 0.F);
  }
}

void Optimizer::step(Model& model, Executor& executor, double rate) {
  ++steps_;
  const std::vector<Chunk> chunks = chunks_of(model);
  const auto scale = static_cast<float>(
      options_.clip_norm > 0 ? clipping(model, executor, chunks, options_.clip_norm) : 1.0);
  executor.parallel(static_cast<int>(chunks.size()), [&](int i) {
    const Chunk& chunk = chunks[static_cast<std::size_t>(i)];
    update(model.parameters()[chunk.parameter], chunk.parameter, chunk.first, chunk.count, rate, scale);
  });
  executor.parameters_changed();
}

void Optimizer::update(Parameter& p, std::size_t index, std::size_t from, std::size_t count, double rate,
                       float scale) {
  using Kind = OptimizerOptions::Kind;
  const double decay = p.kind == Parameter::Kind::Weight ? options_.weight_decay : 0;
  const auto pull = static_cast<float>(options_.kind == Kind::AdamW ? 0 : decay),
             by = static_cast<float>(rate);
  float* w = p.value.data() + from;
  const float* g = p.grad.data() + from;
  const auto state = [&](std::size_t k) { return states_[k].values[index].data() + from; };
  if (options_.kind == Kind::Sgd) {
    engine::sgd_update(w, g, state(0), count,
                       {by, scale, pull, static_cast<float>(options_.momentum), options_.nesterov});
  } else if (options_.kind == Kind::RmsProp) {
    engine::rms_prop_update(
        w, g, state(0), state(1), count,
        {by, scale, pull, static_cast<float>(options_.momentum),
         static_cast<float>(options_.decay_of_squares), static_cast<float>(options_.epsilon)});
  } else {
    // rate/c1 · m / (sqrt(v)/c2 + e) = (rate · c2 / c1) · m / (sqrt(v) + e · c2)
    const double c1 = 1 - std::pow(options_.beta1, static_cast<double>(steps_)),
                 c2 = std::sqrt(1 - std::pow(options_.beta2, static_cast<double>(steps_)));
    const double shrink = options_.kind == Kind::AdamW ? rate * decay : 0;
    engine::adam_update(w, g, state(0), state(1), count,
                        {static_cast<float>(rate * c2 / c1), scale, pull, static_cast<float>(options_.beta1),
                         static_cast<float>(options_.beta2), static_cast<float>(options_.epsilon * c2),
                         static_cast<float>(shrink)});
  }
}

double Schedule::operator()(std::uint64_t step) const {
  const auto cosine = [](double from, double to, double share) {
    return to + (from - to) * 0.5 * (1 + std::cos(std::numbers::pi * std::min(1.0, share)));
  };
  if (kind == Kind::OneCycle) {
    const double share =
        static_cast<double>(step) / static_cast<double>(std::max<std::uint64_t>(1, total - 1));
    constexpr double kRise = 0.3;
    return share < kRise ? cosine(peak / 25, peak, share / kRise)
                         : cosine(peak, peak / 250000, (share - kRise) / (1 - kRise));
  }
  if (step < warm_up) return peak * static_cast<double>(step + 1) / static_cast<double>(warm_up);
  if (kind == Kind::Constant) return peak;
  if (kind == Kind::Steps)
    return peak * std::pow(factor, static_cast<double>(step / std::max<std::uint64_t>(1, every)));
  return cosine(peak, 0,
                static_cast<double>(step - warm_up) /
                    static_cast<double>(std::max<std::uint64_t>(1, total - std::min(total, warm_up))));
}

}  // namespace doppel::nn
