// Weights out of PyTorch's files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace doppel::nn {

struct NamedTensor {
  std::string name;
  std::vector<std::int64_t> shape;
  std::vector<float> value;
};

/// The tensors of a state_dict that torch.save wrote (PyTorch 1.6 and later), in the file's order, as floats.
/// Of a checkpoint that holds it under "state_dict" or "model", that one. Nothing is executed: a file that
/// calls for anything but tensors is refused. Throws Error with the file's name.
std::vector<NamedTensor> load_torch(const std::filesystem::path& path);

}  // namespace doppel::nn
