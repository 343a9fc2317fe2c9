// Weights out of PyTorch's files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace doppel::nn {

/// One tensor of a state_dict.
struct NamedTensor {
  std::string name;                 ///< its key, as "layer1.0.conv1.weight"
  std::vector<std::int64_t> shape;  ///< sides, the slowest first; empty: of a single number
  std::vector<float> value;         ///< as many as the shape holds, row-major whatever the file's strides
};

/// The tensors of a state_dict that torch.save wrote (PyTorch 1.6 and later), in the file's order, as floats.
/// Of a checkpoint that holds it under "state_dict" or "model", that one. Nothing is executed: a file that
/// calls for anything but tensors is refused. Throws Error with the file's name.
std::vector<NamedTensor> load_torch(const std::filesystem::path& path);

}  // namespace doppel::nn
