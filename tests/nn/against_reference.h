// The engine held to the double-precision reference, and what it computes for a few numbers.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "doppel/base/hash.h"
#include "doppel/base/random.h"
#include "doppel/nn/engine/executor.h"
#include "doppel/nn/model/notation.h"
#include "nn/reference.h"

namespace doppel::nn {

inline Reference::Numbers reference_noise(std::size_t n, std::uint64_t seed) {
  Reference::Numbers v(n);
  const Stream s{.seed = seed};
  for (std::size_t i = 0; i < n; ++i) v[i] = s.split("at", i).normal("v");
  return v;
}

/// Every parameter away from its special start.
inline Model noisy_model(const Graph& graph, std::uint64_t seed) {
  Model model(graph, seed);
  for (Parameter& p : model.parameters()) {
    const auto noise = reference_noise(p.value.size(), fnv1a(p.name));
    if (p.kind == Parameter::Kind::Vector)
      for (std::size_t i = 0; i < noise.size(); ++i) p.value[i] += static_cast<float>(0.3 * noise[i]);
  }
  return model;
}

/// Largest error relative to the largest value; what is 0 but for rounding (a bias before BatchNorm) stays
/// small.
inline double relative_error(std::span<const float> got, const Reference::Numbers& want) {
  double error = 0, size = 1e-3;
  for (std::size_t i = 0; i < want.size(); ++i) {
    error = std::max(error, std::abs(static_cast<double>(got[i]) - want[i]));
    size = std::max(size, std::abs(want[i]));
  }
  return error / size;
}

/// Loss and all gradients of a network that ends in fc, for 5 classes. `kernels`: of convolutions, by node.
inline void expect_reference_gradients(const std::string& text, Shape input, int rows, int shards,
                                       const std::map<std::string, std::string>& kernels = {}) {
  SCOPED_TRACE(text + " " + input.text() + " rows " + std::to_string(rows) + " shards " +
               std::to_string(shards));
  const int classes = 5;
  Model model = noisy_model(build_graph(parse_network(text), input, classes), 3);
  Reference reference(model);
  const auto x = reference_noise(std::size_t(rows) * std::size_t(input.count()), 5);
  std::vector<float> images(x.begin(), x.end());
  std::vector<int> labels;
  for (int r = 0; r < rows; ++r) labels.push_back(r % classes);
  const double loss = reference.forward(Reference::Numbers(images.begin(), images.end()), labels);
  const auto grads = reference.backward();
  Executor executor(model, {.batch = rows + 3, .shards = shards, .kernels = kernels});
  const LossSums sums = executor.train(images, labels, CrossEntropy{.smoothing = 0}, 0);
  EXPECT_NEAR(sums.loss / rows, loss, 1e-4 * std::max(1.0, loss));
  for (const Parameter& p : model.parameters()) {
    if (p.kind == Parameter::Kind::Statistic) continue;
    EXPECT_LT(relative_error(p.grad, grads.at(p.name)), 2e-4) << p.name;
  }
}

/// One layer, or a few, without a loss.
struct EngineRun {
  /// Puts `images` through `text`, whose parameters are as they begin but for those that `set` changes.
  template <class Set>
  EngineRun(const std::string& text, const Shape& input, const std::vector<float>& images, Set set)
      : model(build_graph(parse_network(text), input), 1),
        rows(static_cast<int>(images.size()) / static_cast<int>(input.count())) {
    set(model);
    executor.emplace(model, ExecutorOptions{.batch = rows, .shards = 1, .input_gradient = true});
    const auto out = executor->forward(images, rows, 0);
    y.assign(out.begin(), out.end());
  }
  EngineRun(const std::string& text, const Shape& input, const std::vector<float>& images)
      : EngineRun(text, input, images, [](Model&) {}) {}
  /// What `dy` means for the images; sets the model's gradients.
  std::vector<float> back(const std::vector<float>& dy) {
    const auto dx = executor->backward(dy);
    return {dx.begin(), dx.end()};
  }
  Model model;
  int rows;
  std::optional<Executor> executor;
  std::vector<float> y;
};

}  // namespace doppel::nn
