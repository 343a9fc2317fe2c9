#pragma once

#include <string>
#include <vector>

#include "doppel/augment/plan/sample.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// Samples that are in memory.
class InMemory final : public Source {
 public:
  /// `number_names`: see Source::number_names(). Throws Error where a label is outside the classes, or a
  /// sample has numbers and not as many as there are names.
  InMemory(std::vector<augment::Sample> samples, std::vector<std::string> classes,
           std::vector<std::string> number_names = {});
  std::size_t size() const override { return samples_.size(); }
  Item read(std::size_t index) const override { return {{}, samples_[index]}; }
  std::string name(std::size_t index) const override { return "sample " + std::to_string(index); }
  int label(std::size_t index) const override { return samples_[index].label; }
  std::vector<augment::LabelShare> label_shares(std::size_t index) const override {
    return samples_[index].label_shares;
  }
  std::vector<int> object_labels(std::size_t index) const override;
  std::vector<std::string> number_names() const override { return number_names_; }
  std::vector<double> numbers(std::size_t index) const override { return samples_[index].numbers; }
  const std::vector<std::string>& classes() const override { return classes_; }

 private:
  std::vector<augment::Sample> samples_;
  std::vector<std::string> classes_, number_names_;
};

}  // namespace doppel::dataset
