// The numbers that images are made from.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "doppel/nn/engine/executor.h"

namespace doppel::nn {

/// How a row is made up, and which rows they are.
struct LatentRows {
  int latent = 0, classes = 0;
  std::uint64_t seed = 0, first = 0;
  double truncation = 0;  ///< see Generator::latents()
};

/// One row for each label, worked out by the executor's threads. Throws Error for a label that is no class.
std::vector<float> draw_latents(std::span<const int> labels, const LatentRows& rows, Executor& threads);

}  // namespace doppel::nn
