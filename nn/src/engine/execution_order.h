// In which order an executor runs a graph's nodes, and what it asks of them.
#pragma once

#include <vector>

#include "doppel/nn/engine/executor.h"

namespace doppel::nn {

/// What an executor runs: all, or what lies between the options' nodes, without heads at the side.
Graph part_of(const Graph& whole, const ExecutorOptions& o);

/// Of what a rectifier lets through of values below 0; 1: the layer is none.
double rectifier_slope(const Layer& layer);

bool is_activation(const Layer& layer);

/// True where the node after i reads i's value, and nobody else does.
bool goes_straight_on(const std::vector<Node>& nodes, const std::vector<int>& consumers, std::size_t i);

/// The node order of execution: a rectifier before a max pooling moves behind it. The largest of rectified
/// values is the rectified largest value, and so is the gradient; only a quarter of the values is left to
/// rectify. At inference it stays, since the convolution before it does it on the way.
std::vector<Node> execution_order(const Graph& graph, ExecutorOptions::Mode mode);

}  // namespace doppel::nn
