// The pickles of PyTorch's state_dicts, read by a machine that knows tensors and nothing else: it executes no
// call, it recognises four.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace doppel::nn::torch {

/// Where a tensor's numbers are: an entry of the archive, of `count` numbers.
struct Storage {
  std::string type, key;  ///< "FloatStorage"; "17"
  std::int64_t count = 0;
};

struct Tensor {
  Storage storage;
  std::int64_t offset = 0;
  std::vector<std::int64_t> shape, stride;
};

struct Value;
struct Tuple {
  std::vector<Value> items;
  int depth = 1;  ///< of tuples in tuples
};
/// In another dictionary there are only those that have none themselves: what a checkpoint says besides its
/// tensors is left out.
struct Dictionary {
  std::vector<std::pair<Value, Value>> pairs;
  bool is_inside = false, has_inside = false;
};
struct Global {
  std::string name;  ///< "collections.OrderedDict"
};

struct Value {
  std::variant<std::monostate, bool, std::int64_t, double, std::string, std::shared_ptr<Tuple>,
               std::shared_ptr<Dictionary>, Global, Storage, Tensor>
      is;
};

/// Throws Error where the pickle is damaged, too deep or too large, or calls for what isn't a tensor.
Value unpickle(std::span<const unsigned char> pickle);

}  // namespace doppel::nn::torch
