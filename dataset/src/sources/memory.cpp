#include <fmt/format.h>

#include "doppel/augment/error.h"
#include "doppel/dataset/sources.h"

namespace doppel::dataset {

InMemory::InMemory(std::vector<augment::Sample> samples, std::vector<std::string> classes)
    : samples_(std::move(samples)), classes_(std::move(classes)) {
  for (std::size_t i = 0; i < samples_.size(); ++i)
    if (samples_[i].label < -1 || samples_[i].label >= static_cast<int>(classes_.size()))
      throw Error(fmt::format("sample {}: label {} is outside the {} classes", i, samples_[i].label,
                              classes_.size()));
}

Subset::Subset(SourcePtr source, std::vector<std::size_t> indices)
    : source_(std::move(source)), indices_(std::move(indices)) {
  for (const std::size_t index : indices_)
    if (index >= source_->size())
      throw UsageError(fmt::format("a subset asks for sample {} of {}", index, source_->size()));
}

}  // namespace doppel::dataset
