#include "execution_order.h"

namespace doppel::nn {

Graph part_of(const Graph& whole, const ExecutorOptions& o) {
  const bool all = o.mode == ExecutorOptions::Mode::Training && o.after.empty() && o.until.empty();
  return all ? whole : whole.part(o.after, o.until);
}

double rectifier_slope(const Layer& layer) {
  if (std::holds_alternative<ReLU>(layer)) return 0;
  if (const auto* leaky = std::get_if<LeakyReLU>(&layer)) return leaky->slope;
  return 1;
}

bool is_activation(const Layer& layer) {
  return std::visit([]<class L>(const L&) { return Activation<L>; }, layer);
}

bool goes_straight_on(const std::vector<Node>& nodes, const std::vector<int>& consumers, std::size_t i) {
  return i + 1 < nodes.size() && consumers[i] == 1 && nodes[i + 1].inputs == std::vector{static_cast<int>(i)};
}

std::vector<Node> execution_order(const Graph& graph, ExecutorOptions::Mode mode) {
  std::vector<Node> nodes = graph.nodes;
  if (mode == ExecutorOptions::Mode::Inference) return nodes;
  const std::vector<int> consumers = graph.consumers();
  for (std::size_t i = 0; i + 1 < nodes.size(); ++i) {
    if (!goes_straight_on(nodes, consumers, i)) continue;
    const bool follows_norm = i > 0 && std::holds_alternative<BatchNorm2d>(nodes[i - 1].layer);
    if (rectifier_slope(nodes[i].layer) == 1 || follows_norm ||
        !std::holds_alternative<MaxPool2d>(nodes[i + 1].layer))
      continue;
    std::swap(nodes[i], nodes[i + 1]);
    std::swap(nodes[i].inputs, nodes[i + 1].inputs);
    nodes[i + 1].in = nodes[i + 1].out = nodes[i].out;
  }
  return nodes;
}

}  // namespace doppel::nn
