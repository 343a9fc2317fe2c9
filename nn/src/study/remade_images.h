// Images of a GAN by their numbers, made where they are read.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "doppel/dataset/sources/source.h"
#include "doppel/nn/gan/generator.h"

namespace doppel::nn {

/// Makes some hundred at a time, and keeps those of the last few times alone: for who reads in order.
class RemadeImages final : public dataset::Source {
 public:
  struct Drawn {
    std::uint64_t seed = 0;
    double truncation = 0;  ///< see Generator::latents()
  };
  /// Image i is the generator's number `numbers[i]`, of class `labels[i]`. All must outlive it.
  RemadeImages(Generator& generator, const std::vector<std::string>& classes, const std::vector<int>& labels,
               const std::vector<std::uint64_t>& numbers, std::vector<std::string> names, Drawn drawn)
      : generator_(generator),
        classes_(classes),
        labels_(labels),
        numbers_(numbers),
        names_(std::move(names)),
        drawn_(drawn) {}
  std::size_t size() const override { return labels_.size(); }
  std::string name(std::size_t index) const override { return names_[index]; }
  int label(std::size_t index) const override { return labels_[index]; }
  const std::vector<std::string>& classes() const override { return classes_; }
  dataset::Item read(std::size_t index) const override;

 private:
  using Pixels = std::shared_ptr<const std::vector<unsigned char>>;
  Pixels make(std::size_t chunk) const;
  Pixels chunk(std::size_t which) const;

  Generator& generator_;
  const std::vector<std::string>& classes_;
  const std::vector<int>& labels_;
  const std::vector<std::uint64_t>& numbers_;
  std::vector<std::string> names_;
  Drawn drawn_;
  mutable std::mutex making_;
  mutable std::deque<std::pair<std::size_t, Pixels>> recent_;
};

}  // namespace doppel::nn
