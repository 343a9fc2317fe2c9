#include "fold.h"

#include <algorithm>
#include <cmath>

namespace doppel::nn {
namespace {

bool is_convolution(const Layer& layer) {
  return std::holds_alternative<Conv2d>(layer) || std::holds_alternative<ConvTranspose2d>(layer);
}

/// For each node whether it's a BatchNorm that goes into the node before it.
std::vector<bool> foldable(const Graph& graph) {
  const std::vector<int> readers = graph.consumers();
  std::vector<bool> folds(graph.nodes.size(), false);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (!std::holds_alternative<BatchNorm2d>(node.layer) || node.inputs[0] < 0) continue;
    const auto before = static_cast<std::size_t>(node.inputs[0]);
    folds[i] = readers[before] == 1 && is_convolution(graph.nodes[before].layer);
  }
  return folds;
}

/// The graph without those nodes.
Graph without(const Graph& graph, const std::vector<bool>& folds) {
  Graph rest{graph.input, graph.network, {}};
  std::vector<int> places;  // of the old nodes' values
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    const auto place = [&](int old) { return old < 0 ? old : places[static_cast<std::size_t>(old)]; };
    if (folds[i]) {
      Node& convolution = rest.nodes[static_cast<std::size_t>(place(node.inputs[0]))];
      if (!convolution.bias) convolution.parameters += node.in.channels;
      convolution.bias = true;
      places.push_back(place(node.inputs[0]));
      continue;
    }
    places.push_back(static_cast<int>(rest.nodes.size()));
    rest.nodes.push_back(node);
    for (int& input : rest.nodes.back().inputs) input = place(input);
  }
  return rest;
}

const std::vector<float>& number(const Model& model, const Node& node, const char* which) {
  static const std::vector<float> kNone;
  const auto found = std::ranges::find(model.parameters(), node.name + "." + which, &Parameter::name);
  return found == model.parameters().end() ? kNone : found->value;
}

/// Scales a convolution's filters and moves its bias as the BatchNorm would.
void fold(const Model& model, const Node& norm, const Layer& convolution, Parameter& weight,
          Parameter& bias) {
  const auto &gamma = number(model, norm, "weight"), &beta = number(model, norm, "bias"),
             &mean = number(model, norm, "running_mean"), &variance = number(model, norm, "running_var");
  const double epsilon = std::get<BatchNorm2d>(norm.layer).epsilon;
  // [filters, inputs, h, w], or turned around [inputs, filters, h, w].
  const bool turned = std::holds_alternative<ConvTranspose2d>(convolution);
  const std::size_t filters = gamma.size(),
                    taps = static_cast<std::size_t>(weight.shape[2] * weight.shape[3]),
                    each = weight.value.size() / filters;
  for (std::size_t f = 0; f < filters; ++f) {
    const double scale =
        static_cast<double>(gamma[f]) / std::sqrt(static_cast<double>(variance[f]) + epsilon);
    for (std::size_t i = 0; i < each; ++i) {
      float& w = weight.value[turned ? (i / taps * filters + f) * taps + i % taps : f * each + i];
      w = static_cast<float>(static_cast<double>(w) * scale);
    }
    bias.value[f] =
        static_cast<float>(static_cast<double>(beta[f]) +
                           (static_cast<double>(bias.value[f]) - static_cast<double>(mean[f])) * scale);
  }
}

}  // namespace

bool has_foldable(const Graph& graph) {
  const auto folds = foldable(graph);
  return std::ranges::find(folds, true) != folds.end();
}

Model folded(const Model& model, const Graph& graph) {
  const std::vector<bool> folds = foldable(graph);
  Model result(without(graph, folds));
  for (Parameter& p : result.parameters()) {
    const auto found = std::ranges::find(model.parameters(), p.name, &Parameter::name);
    if (found != model.parameters().end()) p.value = found->value;
  }
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!folds[i]) continue;
    const Node& convolution = graph.nodes[static_cast<std::size_t>(graph.nodes[i].inputs[0])];
    fold(model, graph.nodes[i], convolution.layer, *result.find(convolution.name, "weight"),
         *result.find(convolution.name, "bias"));
  }
  return result;
}

}  // namespace doppel::nn
