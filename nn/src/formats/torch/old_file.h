// What torch.save wrote before 1.6: three pickles that say so, that of what was saved, that of the keys of
// its storages, and then each storage as a count and its numbers.
#pragma once

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "state_dict.h"

namespace doppel::nn::torch {

/// True where a file that begins so is one.
bool is_old_file(std::span<const unsigned char> first);

/// A whole file in memory.
class OldFile {
 public:
  /// Throws Error where it is cut or damaged, or what read_state_dict() throws.
  explicit OldFile(std::vector<unsigned char> bytes);
  const std::vector<std::pair<std::string, Tensor>>& tensors() const { return tensors_; }
  /// Its bytes. Throws Error where there is none of that key.
  std::span<const unsigned char> storage(const std::string& key) const;

 private:
  std::vector<unsigned char> bytes_;
  std::vector<std::pair<std::string, Tensor>> tensors_;
  std::map<std::string, std::span<const unsigned char>> storages_;
};

}  // namespace doppel::nn::torch
