// Work side by side, by oneTBB's threads; in a forked process, which has none of them, in order.
#pragma once

#include <tbb/parallel_for.h>
#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>

#include <cstddef>
#include <memory>
#include <utility>

#include "doppel/base/forked.h"
#include "doppel/base/hand_over.h"

namespace doppel {

/// Does `work(i)` for every index below `count`; `partitioner` is oneTBB's.
template <class Work, class Partitioner = tbb::auto_partitioner>
void for_all(std::size_t count, const Work& work, const Partitioner& partitioner = {}) {
  if (is_forked()) {
    for (std::size_t i = 0; i < count; ++i) work(i);
    return;
  }
  HandOver to_work, back;
  to_work.give();
  tbb::parallel_for(
      std::size_t{0}, count, std::size_t{1},
      [&](std::size_t i) {
        to_work.take();
        work(i);
        back.give();
      },
      partitioner);
  back.take();
}

/// Does `make(i)` for the indices from `first` to before `last`, at most `at_once` of them ahead of `use`,
/// which gets what they gave, movable, in their order.
template <class Make, class Use>
void for_all_in_order(std::size_t first, std::size_t last, std::size_t at_once, const Make& make,
                      const Use& use) {
  using Made = std::shared_ptr<decltype(make(first))>;
  if (is_forked()) {
    for (std::size_t i = first; i < last; ++i) use(make(i));
    return;
  }
  HandOver to_make, made;
  to_make.give();
  std::size_t next = first;
  tbb::parallel_pipeline(
      at_once,
      tbb::make_filter<void, std::size_t>(tbb::filter_mode::serial_in_order, [&](tbb::flow_control& flow) {
        if (next == last) flow.stop();
        return next == last ? next : next++;
      }) & tbb::make_filter<std::size_t, Made>(tbb::filter_mode::parallel, [&](std::size_t i) {
        to_make.take();
        auto one = std::make_shared<decltype(make(i))>(make(i));
        made.give();
        return one;
      }) & tbb::make_filter<Made, void>(tbb::filter_mode::serial_in_order, [&](const Made& one) {
        made.take();
        use(std::move(*one));
      }));
  made.take();
}

/// What `work` gives; while it waits for tasks of its own its thread takes no others, which may want what it
/// has locked.
template <class Work>
decltype(auto) isolated(const Work& work) {
  if (is_forked()) return work();
  return tbb::this_task_arena::isolate(work);
}

/// So many threads, the caller's among them.
class ThreadArena {
 public:
  /// `threads`: at least 1.
  explicit ThreadArena(int threads) {
    if (!is_forked()) arena_.initialize(threads);
  }

  /// What `work` gives; what it does side by side is done by these threads.
  template <class Work>
  decltype(auto) run(const Work& work) {
    if (is_forked()) return work();
    return arena_.execute(work);
  }

 private:
  tbb::task_arena arena_;
};

}  // namespace doppel
