#include "doppel/nn/model.h"

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "doppel/augment/random.h"

namespace doppel::nn {
namespace {

/// Nothing without a seed.
void fill_normal(Parameter& parameter, std::optional<std::uint64_t> seed, double std) {
  if (!seed) return;
  const augment::Stream stream = augment::Stream{.seed = *seed}.split(parameter.name);
  // Each number is a function of its place: any thread may make it.
  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, parameter.value.size(), 4096), [&](const auto& part) {
    for (std::size_t i = part.begin(); i != part.end(); ++i)
      parameter.value[i] = static_cast<float>(stream.split("at", i).normal("weight", 0, std));
  });
}

/// Makes a node's parameters.
struct Initialise {
  const Node& node;
  std::optional<std::uint64_t> seed;
  bool is_last;
  std::vector<Parameter>& parameters;

  Parameter& add(const char* which, std::vector<std::int64_t> shape, Parameter::Kind kind,
                 float fill = 0) const {
    std::size_t count = 1;
    for (const auto d : shape) count *= static_cast<std::size_t>(d);
    parameters.push_back(
        {node.name + "." + which, std::move(shape), kind, std::vector<float>(count, fill), {}});
    if (kind != Parameter::Kind::Statistic) parameters.back().grad.assign(count, 0.F);
    return parameters.back();
  }
  void operator()(const Conv2d& l) const {
    const int channels = node.in.channels / l.groups, fan_in = channels * l.kernel_h * l.kernel_w;
    fill_normal(add("weight", {l.filters, channels, l.kernel_h, l.kernel_w}, Parameter::Kind::Weight), seed,
                std::sqrt(2.0 / fan_in));
    if (node.bias) add("bias", {l.filters}, Parameter::Kind::Vector);
  }
  void operator()(const ConvTranspose2d& l) const {
    // Of a window's taps each output pixel sees one in stride².
    const double fan_in = double(node.in.channels) * l.kernel_h * l.kernel_w / (l.stride * l.stride);
    fill_normal(add("weight", {node.in.channels, l.filters, l.kernel_h, l.kernel_w}, Parameter::Kind::Weight),
                seed, std::sqrt(2.0 / fan_in));
    if (node.bias) add("bias", {l.filters}, Parameter::Kind::Vector);
  }
  void operator()(const Linear& l) const {
    const auto fan_in = node.in.count();
    fill_normal(add("weight", {l.units, fan_in}, Parameter::Kind::Weight), seed,
                std::sqrt((is_last ? 1.0 : 2.0) / static_cast<double>(fan_in)));
    add("bias", {l.units}, Parameter::Kind::Vector);
  }
  void operator()(const BatchNorm2d&) const {
    add("weight", {node.in.channels}, Parameter::Kind::Vector, 1);
    add("bias", {node.in.channels}, Parameter::Kind::Vector);
    add("running_mean", {node.in.channels}, Parameter::Kind::Statistic);
    add("running_var", {node.in.channels}, Parameter::Kind::Statistic, 1);
  }
  void operator()(const auto&) const {}
};

}  // namespace

Model::Model(Graph graph, std::uint64_t seed) : graph_(std::move(graph)) { add_parameters(seed); }
Model::Model(Graph graph) : graph_(std::move(graph)) { add_parameters({}); }

void Model::add_parameters(std::optional<std::uint64_t> seed) {
  std::size_t last_linear = 0;
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i)
    if (std::holds_alternative<Linear>(graph_.nodes[i].layer)) last_linear = i;
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i)
    std::visit(Initialise{graph_.nodes[i], seed, i == last_linear, parameters_}, graph_.nodes[i].layer);
}

Parameter* Model::find(const std::string& node, const std::string& which) {
  const auto found = std::ranges::find(parameters_, node + "." + which, &Parameter::name);
  return found == parameters_.end() ? nullptr : &*found;
}

}  // namespace doppel::nn
