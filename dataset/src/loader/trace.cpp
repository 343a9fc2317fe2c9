#include "doppel/dataset/loader/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>
#include <string>

#include "doppel/base/files.h"

namespace doppel::dataset {

void Trace::add(std::string_view what, Clock::time_point begin, Clock::time_point end, std::uint64_t step,
                std::uint64_t index) {
  const std::lock_guard lock(mutex_);
  if (spans_.size() < kMost) spans_.push_back({what, begin, end, std::this_thread::get_id(), step, index});
}

std::size_t Trace::size() const {
  const std::lock_guard lock(mutex_);
  return spans_.size();
}

void Trace::write(const std::filesystem::path& path) const {
  std::string text = "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[";
  {
    const std::lock_guard lock(mutex_);
    Clock::time_point start = spans_.empty() ? Clock::time_point() : spans_.front().begin;
    for (const Span& span : spans_) start = std::min(start, span.begin);
    const auto microseconds = [](Clock::duration d) {
      return std::chrono::duration<double, std::micro>(d).count();
    };
    std::map<std::thread::id, int> threads;
    const char* comma = "\n";
    for (const Span& span : spans_) {
      const int thread = threads.emplace(span.thread, static_cast<int>(threads.size()) + 1).first->second;
      text += fmt::format(
          R"({}{{"ph":"X","pid":1,"tid":{},"name":"{}","ts":{:.1f},"dur":{:.1f},"args":{{"step":{},"sample":{}}}}})",
          comma, thread, span.what, microseconds(span.begin - start), microseconds(span.end - span.begin),
          span.step, span.index);
      comma = ",\n";
    }
  }
  text += "\n]}\n";
  write_file(path, std::span(reinterpret_cast<const unsigned char*>(text.data()), text.size()));
}

}  // namespace doppel::dataset
