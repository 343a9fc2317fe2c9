// Weights that were trained elsewhere.
#pragma once

#include <filesystem>
#include <string>

#include "doppel/nn/model.h"

namespace doppel::nn {

/// What load_weights() did.
struct LoadedWeights {
  int tensors = 0;       ///< that were taken
  std::string left_out;  ///< the last layer, where the file has another number of classes; else empty
  int unused = 0;  ///< tensors of the file that the network has no place for: heads at the side, counters
};

/// Reads our own .safetensors by their names, and PyTorch's .pth by names where they are ours, else in their
/// order: torchvision's networks list their layers as nn/zoo's do. A last Linear of another number of classes
/// stays as it was. Throws Error where a tensor is missing, or has another shape.
LoadedWeights load_weights(const std::filesystem::path& path, Model& model);

}  // namespace doppel::nn
