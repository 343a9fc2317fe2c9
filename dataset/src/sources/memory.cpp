#include "doppel/dataset/sources/memory.h"

#include <fmt/format.h>

#include "doppel/base/error.h"

namespace doppel::dataset {

InMemory::InMemory(std::vector<augment::Sample> samples, std::vector<std::string> classes,
                   std::vector<std::string> number_names)
    : samples_(std::move(samples)), classes_(std::move(classes)), number_names_(std::move(number_names)) {
  for (std::size_t i = 0; i < samples_.size(); ++i)
    if (!samples_[i].numbers.empty() && samples_[i].numbers.size() != number_names_.size())
      throw Error(fmt::format("sample {}: {} numbers to learn, which have {} names", i,
                              samples_[i].numbers.size(), number_names_.size()));
  for (std::size_t i = 0; i < samples_.size(); ++i)
    if (samples_[i].label < -1 || samples_[i].label >= static_cast<int>(classes_.size()))
      throw Error(fmt::format("sample {}: label {} is outside the {} classes", i, samples_[i].label,
                              classes_.size()));
}

std::vector<int> InMemory::object_labels(std::size_t index) const {
  std::vector<int> labels;
  for (const augment::Box& box : samples_[index].boxes) labels.push_back(box.label);
  for (const augment::RotatedBox& box : samples_[index].rotated_boxes) labels.push_back(box.label);
  return labels;
}

}  // namespace doppel::dataset
