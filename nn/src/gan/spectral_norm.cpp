#include "spectral_norm.h"

#include <cmath>

#include "doppel/base/random.h"

namespace doppel::nn {
namespace {

bool is_normalised(const Parameter& p) { return p.kind == Parameter::Kind::Weight && p.shape.size() >= 2; }

/// In place to length 1; returns the length it had.
double normalise(std::vector<float>& v) {
  double square = 0;
  for (const float x : v) square += static_cast<double>(x) * static_cast<double>(x);
  const double length = std::sqrt(square) + 1e-12;
  for (float& x : v) x = static_cast<float>(static_cast<double>(x) / length);
  return length;
}

}  // namespace

SpectralNorm::SpectralNorm(const Model& model, std::uint64_t seed) {
  for (const Parameter& p : model.parameters()) {
    if (!is_normalised(p)) continue;
    auto& u = left_[p.name];
    u.resize(static_cast<std::size_t>(p.shape[0]));
    const Stream stream = Stream{.seed = seed}.split(p.name);
    for (std::size_t i = 0; i < u.size(); ++i) u[i] = static_cast<float>(stream.split("at", i).normal("u"));
    normalise(u);
  }
}

void SpectralNorm::put_on(Model& model) {
  for (Parameter& p : model.parameters()) {
    if (!is_normalised(p)) continue;
    auto& u = left_.at(p.name);
    Worn& worn = worn_[p.name];
    const std::size_t rows = u.size(), columns = p.value.size() / rows;
    auto& v = worn.right;
    v.assign(columns, 0.F);
    for (std::size_t r = 0; r < rows; ++r)
      for (std::size_t c = 0; c < columns; ++c) v[c] += u[r] * p.value[r * columns + c];
    normalise(v);
    for (std::size_t r = 0; r < rows; ++r) {
      double sum = 0;
      for (std::size_t c = 0; c < columns; ++c)
        sum += static_cast<double>(p.value[r * columns + c]) * static_cast<double>(v[c]);
      u[r] = static_cast<float>(sum);
    }
    worn.sigma = normalise(u);
    worn.learned = p.value;
    for (float& w : p.value) w = static_cast<float>(static_cast<double>(w) / worn.sigma);
  }
}

void SpectralNorm::take_off(Model& model) {
  for (Parameter& p : model.parameters()) {
    if (!is_normalised(p)) continue;
    const Worn& worn = worn_.at(p.name);
    const auto& u = left_.at(p.name);
    const std::size_t columns = worn.right.size();
    // d(W / sigma) = dW / sigma - W / sigma · (uᵀ dW v) / sigma
    double along = 0;
    for (std::size_t i = 0; i < p.grad.size(); ++i)
      along += static_cast<double>(p.grad[i]) * static_cast<double>(p.value[i]);
    for (std::size_t i = 0; i < p.grad.size(); ++i)
      p.grad[i] = static_cast<float>(
          (static_cast<double>(p.grad[i]) -
           along * static_cast<double>(u[i / columns]) * static_cast<double>(worn.right[i % columns])) /
          worn.sigma);
    p.value = worn.learned;
  }
}

}  // namespace doppel::nn
