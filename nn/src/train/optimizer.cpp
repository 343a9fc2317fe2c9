#include "doppel/nn/train/optimizer.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>

#include "train/optimizers/orthogonalize.h"
#include "train/optimizers/update.h"

namespace doppel::nn {
namespace {

/// Numbers that one task updates.
constexpr std::size_t kChunk = 1 << 15;

}  // namespace

double default_rate(const OptimizerOptions& options) {
  return std::visit([](const auto& kind) { return kind.kRate; }, options);
}

Optimizer::Optimizer(const Model& model, OptimizerOptions options, double clip_norm)
    : options_(options), clip_norm_(clip_norm) {
  const auto parameters = model.parameters();
  for (std::size_t p = 0; p < parameters.size(); ++p) hidden_matrix_.push_back(is_hidden_matrix(model, p));
  std::visit(
      [&](const auto& kind) {
        for (std::size_t p = 0; p < parameters.size(); ++p) {
          const std::size_t n = parameters[p].rate == 0 ? 0 : parameters[p].grad.size();
          const bool whole = works_on_whole(kind, hidden_matrix_[p]);
          for (std::size_t first = 0; first < n; first += whole ? n : kChunk)
            chunks_.push_back({p, first, whole ? n : std::min(kChunk, n - first)});
        }
        for (const std::string_view name : kind.kStates) {
          states_.push_back({std::string(name), {}});
          for (std::size_t p = 0; p < parameters.size(); ++p)
            states_.back().values.emplace_back(
                keeps_state(kind, name, hidden_matrix_[p]) ? parameters[p].grad.size() : 0, 0.F);
        }
      },
      options_);
}

/// Summed in the chunks' order.
float Optimizer::clip_scale(const Model& model, Executor& executor) const {
  if (clip_norm_ <= 0) return 1;
  std::vector<double> sums(chunks_.size());
  executor.parallel(static_cast<int>(chunks_.size()), [&](int i) {
    const Chunk& chunk = chunks_[static_cast<std::size_t>(i)];
    const std::span g = std::span(model.parameters()[chunk.parameter].grad).subspan(chunk.first, chunk.count);
    double sum = 0;
    for (const float x : g) sum += static_cast<double>(x) * static_cast<double>(x);
    sums[static_cast<std::size_t>(i)] = sum;
  });
  const double norm = std::sqrt(std::accumulate(sums.begin(), sums.end(), 0.0));
  return norm > clip_norm_ ? static_cast<float>(clip_norm_ / norm) : 1;
}

void Optimizer::step(Model& model, Executor& executor, double rate) {
  ++steps_;
  const float scale = clip_scale(model, executor);
  executor.parallel(static_cast<int>(chunks_.size()),
                    [&](int i) { update_chunk(model, chunks_[static_cast<std::size_t>(i)], rate, scale); });
  executor.parameters_changed();
}

void Optimizer::update_chunk(Model& model, const Chunk& chunk, double rate, float scale) {
  Parameter& parameter = model.parameters()[chunk.parameter];
  Update u{parameter, hidden_matrix_[chunk.parameter], chunk.first, chunk.count,
           {},        rate * parameter.rate,           scale,       steps_};
  for (std::size_t k = 0; k < states_.size(); ++k) {
    std::vector<float>& values = states_[k].values[chunk.parameter];
    u.states[k] = values.empty() ? nullptr : values.data() + chunk.first;
  }
  std::visit([&](const auto& kind) { kind.update(u); }, options_);
}

}  // namespace doppel::nn
