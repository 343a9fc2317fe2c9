// A network as steps: what an executor runs.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "doppel/nn/engine/executor.h"
#include "step.h"

namespace doppel::nn {

/// Compiled for the most rows that a batch may have. Steps hold references into it.
struct Plan {
  /// `nodes`: the graph's in the order of execution, see execution_order.h. Model and context must outlive
  /// it. Kernels that were timed are added to `options`. Throws UsageError as Executor does.
  Plan(const Graph& graph, const std::vector<Node>& nodes, Model& model, engine::EngineContext& context,
       ExecutorOptions& options);
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;

  engine::Blob input;
  std::deque<engine::Blob> blobs;  ///< the last is what comes out
  std::vector<std::unique_ptr<engine::Step>> steps;
  std::vector<std::pair<std::string, const engine::Blob*>> named;  ///< each node's value
  /// What heads at the side give, and how much their loss counts.
  std::vector<std::pair<engine::Blob*, float>> sides;
  engine::Buffer shared;  ///< what gradients or values lie in
};

}  // namespace doppel::nn
