// Weights that were trained elsewhere.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "doppel/nn/model/model.h"

namespace doppel::nn {

/// What load_weights() did.
struct LoadedWeights {
  int tensors = 0;       ///< that were taken
  std::string left_out;  ///< the last layer, where the file has another number of classes; else empty
  int drawn = 0;         ///< tensors of heads at the side that the file hasn't, which stay as they were
  int unused = 0;  ///< tensors of the file that the network has no place for: heads at the side, counters
};

/// Reads .safetensors, PyTorch's .pth, and .onnx of the same network: by our names, or torchvision's or
/// timm's for networks in nn/zoo; a .pth with others in its order, which is that in which its modules were
/// defined. A last Linear of another number of classes stays as it was. Throws Error where a tensor is
/// missing, has another shape (but for sides of 1 at its end), or holds NaN or infinite values.
LoadedWeights load_weights(const std::filesystem::path& path, Model& model);

/// What torchvision calls the model's parameters ("layer1.0.conv1.weight"), in their order; empty where the
/// network isn't one of its own in nn/zoo.
std::vector<std::string> torchvision_names(const Model& model);
/// What timm calls them, for networks in nn/zoo where that is something else: "blocks.0.0.conv_dw.weight".
std::vector<std::string> timm_names(const Model& model);
/// A .safetensors with those names, or ours where there are none: torchvision loads it with strict=False,
/// since BatchNorm's counters of batches aren't there.
void save_weights(const std::filesystem::path& path, const Model& model);

}  // namespace doppel::nn
