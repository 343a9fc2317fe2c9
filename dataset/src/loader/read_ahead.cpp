#include "read_ahead.h"

namespace doppel::dataset {

ReadAhead::ReadAhead(SourcePtr source) : source_(std::move(source)), thread_([this] { run(); }) {}

ReadAhead::~ReadAhead() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void ReadAhead::want(std::size_t index) {
  {
    const std::lock_guard lock(mutex_);
    wanted_.push_back(index);
  }
  changed_.notify_one();
}

void ReadAhead::clear() {
  const std::lock_guard lock(mutex_);
  wanted_.clear();
}

void ReadAhead::run() {
  while (true) {
    std::size_t index = 0;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopped_ || !wanted_.empty(); });
      if (stopped_) return;
      index = wanted_.front();
      wanted_.pop_front();
    }
    try {
      source_->prepare(index);
    } catch (...) {}  // read() will say
  }
}

}  // namespace doppel::dataset
