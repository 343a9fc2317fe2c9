// The tensors that a PyTorch state_dict's pickle describes.
#pragma once

#include <cstdint>
#include <map>
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

/// Of a pickle that other bytes may follow.
struct StateDict {
  std::vector<std::pair<std::string, Tensor>> tensors;  ///< by name, in their order
  std::map<std::string, std::string> storages;          ///< types of all that the pickle names, by key
  std::size_t size = 0;                                 ///< bytes of the pickle
};
/// As read_state_dict().
StateDict read_state_dict_at(std::span<const unsigned char> bytes);

/// By name, in their order. Throws Error where the pickle is damaged, calls for what isn't a tensor, or holds
/// no dictionary of tensors, itself or under a name that training scripts use; a whole module with the line
/// that saves its state. Names all of which begin in "module." (of DataParallel) lose that.
std::vector<std::pair<std::string, Tensor>> read_state_dict(std::span<const unsigned char> pickle);

}  // namespace doppel::nn::torch
