#pragma once

#include <string>
#include <vector>

#include "doppel/augment/plan/sample.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// Samples that are in memory.
class InMemory final : public Source {
 public:
  /// Throws Error where a label is outside the classes.
  InMemory(std::vector<augment::Sample> samples, std::vector<std::string> classes);
  std::size_t size() const override { return samples_.size(); }
  Item read(std::size_t index) const override { return {{}, samples_[index]}; }
  std::string name(std::size_t index) const override { return "sample " + std::to_string(index); }
  int label(std::size_t index) const override { return samples_[index].label; }
  std::vector<augment::LabelShare> label_shares(std::size_t index) const override {
    return samples_[index].label_shares;
  }
  const std::vector<std::string>& classes() const override { return classes_; }

 private:
  std::vector<augment::Sample> samples_;
  std::vector<std::string> classes_;
};

}  // namespace doppel::dataset
