#include "doppel/dataset/combine/subset.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "doppel/base/error.h"

namespace doppel::dataset {

Subset::Subset(SourcePtr source, std::vector<std::size_t> indices)
    : source_(std::move(source)), indices_(std::move(indices)) {
  for (const std::size_t index : indices_)
    if (index >= source_->size())
      throw UsageError(fmt::format("a subset asks for sample {} of {}", index, source_->size()));
}

}  // namespace doppel::dataset
