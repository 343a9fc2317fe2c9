#include <fmt/format.h>

#include <algorithm>

#include "doppel/base/error.h"
#include "doppel/nn/model/graph.h"

namespace doppel::nn {
namespace {

/// Index of the node called so; `otherwise` where the name is empty.
int node_called(const Graph& graph, const std::string& name, int otherwise) {
  if (name.empty()) return otherwise;
  const auto found = std::ranges::find(graph.nodes, name, &Node::name);
  if (found == graph.nodes.end()) throw UsageError(fmt::format("the network has no layer {}", name));
  return static_cast<int>(found - graph.nodes.begin());
}

}  // namespace

Graph Graph::part(const std::string& after, const std::string& until) const {
  const int first = node_called(*this, after, -1),
            last = node_called(*this, until, static_cast<int>(nodes.size()) - 1);
  if (last <= first) throw UsageError(fmt::format("no layer comes after {} up to {}", after, until));
  std::vector<bool> needed(nodes.size());
  needed[static_cast<std::size_t>(last)] = true;
  for (int i = last; i > first; --i) {
    if (!needed[static_cast<std::size_t>(i)]) continue;
    for (const int source : nodes[static_cast<std::size_t>(i)].inputs) {
      if (source < first)
        throw UsageError(fmt::format("{} needs more of what comes before {} than its value",
                                     nodes[static_cast<std::size_t>(i)].name, after));
      if (source > first) needed[static_cast<std::size_t>(source)] = true;
    }
  }
  Graph rest{first < 0 ? input : nodes[static_cast<std::size_t>(first)].out, network, {}};
  std::vector<int> places(nodes.size(), -1);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (!needed[i] || static_cast<int>(i) <= first) continue;
    places[i] = static_cast<int>(rest.nodes.size());
    rest.nodes.push_back(nodes[i]);
    for (int& source : rest.nodes.back().inputs)
      if (source >= 0) source = places[static_cast<std::size_t>(source)];
  }
  return rest;
}

}  // namespace doppel::nn
