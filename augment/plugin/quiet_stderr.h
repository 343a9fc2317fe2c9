// A library that prints what it thinks of a file on standard error, unasked, is not heard.
#pragma once

#include <cstdio>
#include <mutex>

namespace doppel {

/// While one lives, what C libraries print to `stderr` is lost; std::cerr and descriptor 2 stay as they are.
/// Any number of threads may hold one.
class QuietStderr {
 public:
#ifdef __GLIBC__  // elsewhere `stderr` can't be changed
  QuietStderr() {
    const std::scoped_lock lock(mutex());
    if (holders()++ > 0) return;
    static std::FILE* const nowhere = std::fopen("/dev/null", "we");
    heard() = stderr;
    if (nowhere) stderr = nowhere;
  }
  ~QuietStderr() {
    const std::scoped_lock lock(mutex());
    if (--holders() == 0) stderr = heard();
  }
#else
  QuietStderr() = default;
  ~QuietStderr() = default;
#endif
  QuietStderr(const QuietStderr&) = delete;
  QuietStderr& operator=(const QuietStderr&) = delete;

 private:
  static std::mutex& mutex() {
    static std::mutex one;
    return one;
  }
  static int& holders() {
    static int count = 0;
    return count;
  }
  static std::FILE*& heard() {
    static std::FILE* before = nullptr;
    return before;
  }
};

}  // namespace doppel
