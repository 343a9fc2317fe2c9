#include "doppel/dataset/combine/repeat.h"

#include <utility>

#include "doppel/base/error.h"

namespace doppel::dataset {

Repeat::Repeat(SourcePtr source, std::size_t times) : source_(std::move(source)), times_(times) {
  if (times_ < 1) throw UsageError("a source must be repeated at least once");
}

}  // namespace doppel::dataset
