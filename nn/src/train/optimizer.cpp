#include "doppel/nn/train/optimizer.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <span>

#include "engine/kernels.h"
#include "muon.h"

namespace doppel::nn {
namespace {

/// Numbers that one task updates.
constexpr std::size_t kChunk = 1 << 15;

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

/// Lamb's step has the length of the tensor it changes (You et al. 2020): `direction` times the ratio of both
/// lengths, or times 1 where one of them is 0.
template <class Direction>
void scaled_step(std::vector<float>& w, double rate, const Direction& direction) {
  double weights = 0, steps = 0;
  for (std::size_t i = 0; i < w.size(); ++i) {
    const double x = static_cast<double>(w[i]), d = direction(i);
    weights += x * x;
    steps += d * d;
  }
  const double ratio = weights > 0 && steps > 0 ? std::sqrt(weights / steps) : 1;
  for (std::size_t i = 0; i < w.size(); ++i)
    w[i] = static_cast<float>(static_cast<double>(w[i]) - rate * ratio * direction(i));
}

}  // namespace

Optimizer::Optimizer(const Model& model, OptimizerOptions options) : options_(options) {
  using Kind = OptimizerOptions::Kind;
  for (std::size_t p = 0; p < model.parameters().size(); ++p) {
    const Parameter& parameter = model.parameters()[p];
    const std::size_t n = parameter.rate == 0 ? 0 : parameter.grad.size();
    const bool whole =
        options.kind == Kind::Lamb || (options.kind == Kind::Muon && is_hidden_matrix(model, p));
    for (std::size_t first = 0; first < n; first += whole ? n : kChunk)
      chunks_.push_back({p, first, whole ? n : std::min(kChunk, n - first)});
  }
  for (const auto& name : state_names(options.kind)) {
    states_.push_back({name, {}});
    for (std::size_t p = 0; p < model.parameters().size(); ++p) {
      const bool none = options.kind == Kind::Muon && name == "v" && is_hidden_matrix(model, p);
      states_.back().values.emplace_back(none ? 0 : model.parameters()[p].grad.size(), 0.F);
    }
  }
}

void Optimizer::step(Model& model, Executor& executor, double rate) {
  ++steps_;
  float scale = 1;
  if (options_.clip_norm > 0) {
    // Summed in the chunks' order.
    std::vector<double> sums(chunks_.size());
    executor.parallel(static_cast<int>(chunks_.size()), [&](int i) {
      const Chunk& chunk = chunks_[static_cast<std::size_t>(i)];
      const std::span g =
          std::span(model.parameters()[chunk.parameter].grad).subspan(chunk.first, chunk.count);
      double sum = 0;
      for (const float x : g) sum += static_cast<double>(x) * static_cast<double>(x);
      sums[static_cast<std::size_t>(i)] = sum;
    });
    const double norm = std::sqrt(std::accumulate(sums.begin(), sums.end(), 0.0));
    if (norm > options_.clip_norm) scale = static_cast<float>(options_.clip_norm / norm);
  }
  executor.parallel(static_cast<int>(chunks_.size()),
                    [&](int i) { update(model, chunks_[static_cast<std::size_t>(i)], rate, scale); });
  executor.parameters_changed();
}

engine::AdamScalars Optimizer::adam(double rate, float scale, double pull, double shrink) const {
  // rate/c1 · m / (sqrt(v)/c2 + e) = (rate · c2 / c1) · m / (sqrt(v) + e · c2)
  const double c1 = 1 - std::pow(options_.beta1, static_cast<double>(steps_)),
               c2 = std::sqrt(1 - std::pow(options_.beta2, static_cast<double>(steps_)));
  return {static_cast<float>(rate * c2 / c1), scale,
          static_cast<float>(pull),           static_cast<float>(options_.beta1),
          static_cast<float>(options_.beta2), static_cast<float>(options_.epsilon * c2),
          static_cast<float>(shrink)};
}

void Optimizer::update(Model& model, const Chunk& chunk, double general_rate, float scale) {
  using Kind = OptimizerOptions::Kind;
  Parameter& p = model.parameters()[chunk.parameter];
  const double rate = general_rate * p.rate,
               decay = p.kind == Parameter::Kind::Weight ? options_.weight_decay : 0;
  float* w = p.value.data() + chunk.first;
  const float* g = p.grad.data() + chunk.first;
  const auto state = [&](std::size_t k) { return states_[k].values[chunk.parameter].data() + chunk.first; };
  switch (options_.kind) {
    case Kind::Sgd:
      return engine::sgd_update(w, g, state(0), chunk.count,
                                {static_cast<float>(rate), scale, static_cast<float>(decay),
                                 static_cast<float>(options_.momentum), options_.nesterov});
    case Kind::RmsProp:
      return engine::rms_prop_update(
          w, g, state(0), state(1), chunk.count,
          {static_cast<float>(rate), scale, static_cast<float>(decay), static_cast<float>(options_.momentum),
           static_cast<float>(options_.decay_of_squares), static_cast<float>(options_.epsilon)});
    case Kind::Adam:
      return engine::adam_update(w, g, state(0), state(1), chunk.count, adam(rate, scale, decay, 0));
    case Kind::Muon:
      if (is_hidden_matrix(model, chunk.parameter))
        return muon_update(p, states_[0].values[chunk.parameter],
                           {rate, static_cast<double>(scale), options_.momentum, decay});
      [[fallthrough]];
    case Kind::AdamW:
      return engine::adam_update(w, g, state(0), state(1), chunk.count, adam(rate, scale, 0, rate * decay));
    case Kind::Lamb: {
      // A rate of 0 only moves m and v.
      const engine::AdamScalars one = adam(1, scale, 0, 0);
      engine::AdamScalars still = one;
      still.rate = 0;
      engine::adam_update(w, g, state(0), state(1), chunk.count, still);
      const float *m = state(0), *v = state(1);
      const auto direction = [&](std::size_t i) {
        return static_cast<double>(one.rate * m[i] / (std::sqrt(v[i]) + one.epsilon)) +
               decay * static_cast<double>(w[i]);
      };
      if (p.kind == Parameter::Kind::Weight) return scaled_step(p.value, rate, direction);
      for (std::size_t i = 0; i < chunk.count; ++i)
        w[i] = static_cast<float>(static_cast<double>(w[i]) - rate * direction(i));
      return;
    }
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
