// From noise to images along a flow.
#pragma once

#include <span>
#include <vector>

#include "doppel/nn/engine/executor.h"
#include "doppel/nn/gan/flow.h"

namespace doppel::nn {

/// Fills in what tells a flow's network the time `t`: kFlowTimeNumbers sines and cosines, of half a wave
/// between t = 0 and 1 and of shorter ones.
void tell_time(std::span<float> numbers, double t);

/// Of the rows that are followed.
struct FlowRows {
  Shape image;
  int classes, batch;  ///< rows, as many as the executor's batch
  int steps;           ///< from noise to an image, of two passes each
};

/// Images in [-1, 1] of rows [C · H · W + classes] of normal numbers and the class's shares, by Heun's
/// method.
std::vector<float> follow_flow(Executor& executor, std::span<const float> rows, const FlowRows& of);

}  // namespace doppel::nn
