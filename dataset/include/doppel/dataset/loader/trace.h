// What the loader's threads did when, for chrome://tracing and Perfetto.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include "doppel/base/clock.h"

namespace doppel::dataset {

/// A list of spans; may be added to by any thread. About 48 bytes each, at most `kMost`: what comes later is
/// left out.
class Trace {
 public:
  static constexpr std::size_t kMost = 1'000'000;  ///< spans that are kept

  /// `what` must outlive the trace: a literal.
  void add(std::string_view what, Clock::time_point begin, Clock::time_point end, std::uint64_t step,
           std::uint64_t index);
  std::size_t size() const;  ///< spans that it holds
  /// The trace-event format of Chromium: complete events in microseconds, a thread a row. Throws Error where
  /// the file can't be written.
  void write(const std::filesystem::path& path) const;

 private:
  struct Span {
    std::string_view what;
    Clock::time_point begin, end;
    std::thread::id thread;
    std::uint64_t step, index;
  };
  mutable std::mutex mutex_;
  std::vector<Span> spans_;
};

}  // namespace doppel::dataset
