#include "for_all.h"

#include <tbb/parallel_for.h>

#include "doppel/base/forked.h"

namespace doppel::dataset {

void for_all(std::size_t count, const std::function<void(std::size_t)>& work) {
  if (!is_forked()) return tbb::parallel_for(std::size_t{0}, count, work);
  for (std::size_t i = 0; i < count; ++i) work(i);
}

}  // namespace doppel::dataset
