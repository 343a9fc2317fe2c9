#include "initialise.h"

#include <algorithm>
#include <cmath>

#include "doppel/base/parallel.h"
#include "doppel/base/random.h"

namespace doppel::nn {
namespace {

/// Calls draw(stream) for each number. Each is a function of its place: any thread may make it.
template <class Draw>
void fill(Parameter& parameter, std::uint64_t seed, Draw draw) {
  const Stream stream = Stream{.seed = seed}.split(parameter.name);
  constexpr std::size_t kPart = 4096;
  const std::size_t count = parameter.value.size();
  for_all((count + kPart - 1) / kPart, [&](std::size_t part) {
    for (std::size_t i = part * kPart; i < std::min(count, (part + 1) * kPart); ++i)
      parameter.value[i] = static_cast<float>(draw(stream.split("at", i)));
  });
}

/// Numbers that one output sums, and outputs that one input goes to.
struct Fans {
  double in, out;
};
struct FansOf {
  const Node& node;
  Fans operator()(const Conv2d& l) const {
    const double taps = l.kernel_h * l.kernel_w;
    return {node.in.channels / l.groups * taps, l.filters / l.groups * taps};
  }
  Fans operator()(const ConvTranspose2d& l) const {
    // Of a window's taps each output pixel sees one in stride².
    const double taps = l.kernel_h * l.kernel_w;
    return {node.in.channels * taps / (l.stride * l.stride), l.filters * taps};
  }
  Fans operator()(const Linear& l) const {
    return {static_cast<double>(node.in.count()), static_cast<double>(l.units)};
  }
  /// Statistics, vectors and slopes, which aren't drawn.
  Fans operator()(const BatchNorm2d&) const { return {1, 1}; }
  Fans operator()(const AnyOf<PReLU, GroupNorm, LayerNorm, LayerScale> auto&) const { return {1, 1}; }
  Fans operator()(const Custom&) const { return {1, 1}; }
  Fans operator()(const WithoutParameters auto&) const { return {1, 1}; }
};

/// Rows, or columns where there are fewer, at right angles and of length `gain`: Gram and Schmidt's way,
/// twice.
void make_orthogonal(Parameter& parameter, double gain) {
  const auto rows = static_cast<std::size_t>(parameter.shape[0]), columns = parameter.value.size() / rows;
  const std::size_t vectors = std::min(rows, columns), length = std::max(rows, columns);
  const auto at = [&](std::size_t v, std::size_t i) -> float& {
    return parameter.value[rows <= columns ? v * columns + i : i * columns + v];
  };
  std::vector<std::vector<double>> basis;
  for (std::size_t v = 0; v < vectors; ++v) {
    std::vector<double> x(length);
    for (std::size_t i = 0; i < length; ++i) x[i] = static_cast<double>(at(v, i));
    for (int pass = 0; pass < 2; ++pass)
      for (const auto& b : basis) {
        double dot = 0;
        for (std::size_t i = 0; i < length; ++i) dot += x[i] * b[i];
        for (std::size_t i = 0; i < length; ++i) x[i] -= dot * b[i];
      }
    double square = 1e-30;
    for (const double value : x) square += value * value;
    for (double& value : x) value /= std::sqrt(square);
    for (std::size_t i = 0; i < length; ++i) at(v, i) = static_cast<float>(gain * x[i]);
    basis.push_back(std::move(x));
  }
}

/// Filter i of the first gives channel i as it is.
void pass_on(Parameter& weight, const Conv2d& conv, int channels) {
  if (conv.groups != 1) return;
  const int taps = conv.kernel_h * conv.kernel_w,
            middle = conv.kernel_h / 2 * conv.kernel_w + conv.kernel_w / 2;
  for (int i = 0; i < std::min(channels, conv.filters); ++i) {
    const auto filter = weight.value.begin() + static_cast<std::ptrdiff_t>(i) * channels * taps;
    std::fill_n(filter, static_cast<std::ptrdiff_t>(channels) * taps, 0.F);
    filter[i * taps + middle] = 1;
  }
}

void fill_weights(Parameter& weight, const Node& node, std::uint64_t seed, bool is_last,
                  Initialisation::Weights how) {
  const Fans fans = std::visit(FansOf{node}, node.layer);
  using Weights = Initialisation::Weights;
  if (how == Weights::Xavier && !is_last) {
    const double most = std::sqrt(6 / (fans.in + fans.out));
    return fill(weight, seed, [most](const Stream& s) { return s.uniform("weight", -most, most); });
  }
  const double deviation = std::sqrt((is_last ? 1.0 : 2.0) / fans.in);
  fill(weight, seed, [deviation](const Stream& s) { return s.normal("weight", 0, deviation); });
  if (how == Weights::Orthogonal && !is_last) make_orthogonal(weight, std::sqrt(2.0));
  if (how == Weights::Dirac)
    if (const auto* conv = std::get_if<Conv2d>(&node.layer)) pass_on(weight, *conv, node.in.channels);
}

/// The first branch of a sum that ends in a BatchNorm gives 0 at first; the others keep their scale, since
/// something must go through.
void zero_branch(Model& model, const Node& sum) {
  for (const int source : sum.inputs) {
    if (source < 0) continue;
    const Node& end = model.graph().nodes[static_cast<std::size_t>(source)];
    if (!std::holds_alternative<BatchNorm2d>(end.layer)) continue;
    Parameter* scale = model.find(end.name, "weight");
    if (scale->rate == 0) continue;  // it would stay 0
    std::ranges::fill(scale->value, 0.F);
    return;
  }
}

}  // namespace

void initialise(Model& model, std::uint64_t seed, const Initialisation& how) {
  const auto& nodes = model.graph().nodes;
  std::size_t last_linear = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (std::holds_alternative<Linear>(nodes[i].layer)) last_linear = i;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (Parameter* weight = model.find(nodes[i].name, "weight");
        weight && weight->kind == Parameter::Kind::Weight)
      fill_weights(*weight, nodes[i], seed, i == last_linear, how.weights);
    if (how.zero_gamma && std::holds_alternative<Add>(nodes[i].layer)) zero_branch(model, nodes[i]);
  }
}

}  // namespace doppel::nn
