// Loops whose turns run side by side on oneTBB.
#pragma once

#include <tbb/parallel_for.h>

#include <cstddef>

#include "doppel/base/hand_over.h"

namespace doppel::nn {

/// Calls turn(i) for i in [0, count); `partitioner` is oneTBB's.
template <class Turn, class Partitioner = tbb::auto_partitioner>
void parallel_turns(std::size_t count, const Turn& turn, const Partitioner& partitioner = {}) {
  HandOver to_turns, back;
  to_turns.give();
  tbb::parallel_for(
      std::size_t{0}, count, std::size_t{1},
      [&](std::size_t i) {
        to_turns.take();
        turn(i);
        back.give();
      },
      partitioner);
  back.take();
}

}  // namespace doppel::nn
