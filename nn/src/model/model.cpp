#include "doppel/nn/model/model.h"

#include <algorithm>

#include "initialise.h"

namespace doppel::nn {
namespace {

/// Makes a node's parameters.
struct MakeParameters {
  const Node& node;
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
    const int channels = node.in.channels / l.groups;
    add("weight", {l.filters, channels, l.kernel_h, l.kernel_w}, Parameter::Kind::Weight);
    if (node.bias) add("bias", {l.filters}, Parameter::Kind::Vector);
  }
  void operator()(const ConvTranspose2d& l) const {
    add("weight", {node.in.channels, l.filters, l.kernel_h, l.kernel_w}, Parameter::Kind::Weight);
    if (node.bias) add("bias", {l.filters}, Parameter::Kind::Vector);
  }
  void operator()(const Linear& l) const {
    add("weight", {l.units, node.in.count()}, Parameter::Kind::Weight);
    add("bias", {l.units}, Parameter::Kind::Vector);
  }
  void operator()(const BatchNorm2d& l) const {
    add("weight", {node.in.channels}, Parameter::Kind::Vector, 1);
    if (!l.scale) parameters.back().rate = 0;
    add("bias", {node.in.channels}, Parameter::Kind::Vector);
    add("running_mean", {node.in.channels}, Parameter::Kind::Statistic);
    add("running_var", {node.in.channels}, Parameter::Kind::Statistic, 1);
  }
  void operator()(const AnyOf<GroupNorm, LayerNorm> auto&) const {
    add("weight", {node.in.channels}, Parameter::Kind::Vector, 1);
    add("bias", {node.in.channels}, Parameter::Kind::Vector);
  }
  void operator()(const LayerScale& l) const {
    add("weight", {node.in.channels}, Parameter::Kind::Vector, static_cast<float>(l.start));
  }
  void operator()(const PReLU&) const { add("weight", {node.in.channels}, Parameter::Kind::Vector, 0.25F); }
  void operator()(const WithoutParameters auto&) const {}
  void operator()(const Custom&) const {}
};

}  // namespace

Model::Model(Graph graph) : graph_(std::move(graph)) { add_parameters(); }

Model::Model(Graph graph, std::uint64_t seed, const Initialisation& initialisation)
    : Model(std::move(graph)) {
  initialise(*this, seed, initialisation);
}

void Model::add_parameters() {
  for (const Node& node : graph_.nodes) std::visit(MakeParameters{node, parameters_}, node.layer);
}

Parameter* Model::find(const std::string& node, const std::string& which) {
  const auto found = std::ranges::find(parameters_, node + "." + which, &Parameter::name);
  return found == parameters_.end() ? nullptr : &*found;
}

}  // namespace doppel::nn
