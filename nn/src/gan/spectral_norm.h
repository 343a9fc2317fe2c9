// Weights divided by their largest singular value.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "doppel/nn/model/model.h"

namespace doppel::nn {

/// Spectral normalisation (Miyato et al. 2018) of a model's weights, seen as matrices [outputs, the rest]:
/// one power iteration each time it is put on. The model keeps the weights as they are learned; normalised
/// ones are only in it between put_on() and take_off().
class SpectralNorm {
 public:
  SpectralNorm(const Model& model, std::uint64_t seed);
  /// Divides each weight.
  void put_on(Model& model);
  /// Puts the learned weights back; gradients of the normalised weights become theirs.
  void take_off(Model& model);
  /// The left singular vectors, by the weight's name: what a run must keep to go on to the same bits.
  std::map<std::string, std::vector<float>>& vectors() { return left_; }
  const std::map<std::string, std::vector<float>>& vectors() const { return left_; }

 private:
  struct Worn {
    std::vector<float> learned, right;
    double sigma = 1;
  };
  std::map<std::string, std::vector<float>> left_;
  std::map<std::string, Worn> worn_;
};

}  // namespace doppel::nn
