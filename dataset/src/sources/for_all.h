// Work on many samples at once.
#pragma once

#include <tbb/parallel_for.h>

#include <cstddef>

#include "doppel/base/forked.h"
#include "doppel/base/hand_over.h"

namespace doppel::dataset {

/// Does `work(i)` for every index below `count`, on all cores; in a forked process, which has none of
/// oneTBB's threads, in order.
template <class Work>
void for_all(std::size_t count, const Work& work) {
  if (is_forked()) {
    for (std::size_t i = 0; i < count; ++i) work(i);
    return;
  }
  HandOver to_work, back;
  to_work.give();
  tbb::parallel_for(std::size_t{0}, count, [&](std::size_t i) {
    to_work.take();
    work(i);
    back.give();
  });
  back.take();
}

}  // namespace doppel::dataset
