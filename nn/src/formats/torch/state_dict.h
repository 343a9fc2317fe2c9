// The tensors that a PyTorch state_dict's pickle describes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace doppel::nn::torch {

/// Where a tensor's numbers are: an entry of the archive.
struct Storage {
  std::string type, key;  ///< "FloatStorage"; "17"
};

struct Tensor {
  Storage storage;
  std::int64_t offset = 0;
  std::vector<std::int64_t> shape, stride;
};

/// By name, in their order. Throws Error where the pickle is damaged, calls for what isn't a tensor, or holds
/// no dictionary of tensors, itself or under a name that training scripts use.
std::vector<std::pair<std::string, Tensor>> read_state_dict(std::span<const unsigned char> pickle);

}  // namespace doppel::nn::torch
