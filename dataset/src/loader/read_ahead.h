// Reading apart from the tasks: one thread asks the system for what they will want.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// Tells a source which samples come, so that the tasks' reads find them in memory. oneTBB's threads then
/// hardly wait for disks. What it's ahead by is bounded by who calls want(): the batches in flight.
class ReadAhead {
 public:
  explicit ReadAhead(SourcePtr source);
  ~ReadAhead();
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;
  void want(std::size_t index);
  /// Forgets what hasn't been asked for yet.
  void clear();

 private:
  void run();

  SourcePtr source_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::size_t> wanted_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace doppel::dataset
