// What takes a while says so, where somebody looks.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>

#include "doppel/base/clock.h"
#include "doppel/base/progress.h"

namespace doppel::apps {

/// "0:07", "12:03", "1:02:03".
std::string clock_text(double seconds);

/// One line at the end of a terminal that is written over and over: what is done, of how much, and how long
/// the rest will take. It comes after a second, changes ten times a second at most, is no wider than the
/// terminal, and is gone without a trace once there is something else to say. Nothing is written where stderr
/// is no terminal. Any thread may call.
class LiveLine {
 public:
  /// "packing train", "images": "packing train: 1200 of 60000 images, 340/s, 2:53 left". Without a
  /// `unit`: "looking through coco.json: 43 %, 0:07 left", or "1200 images found" where nobody knows of how
  /// many.
  explicit LiveLine(std::string what = "", std::string unit = "");
  LiveLine(const LiveLine&) = delete;
  LiveLine& operator=(const LiveLine&) = delete;
  ~LiveLine() { end(); }

  /// Time counts from where 0 are done. All of 0: nobody knows.
  void count(std::size_t done, std::size_t all);
  /// The same for who does one of many, beside others.
  void add(std::size_t all) { count(++done_, all); }
  /// count(), for what reports its progress. It refers to this line, which must outlive that.
  OnProgress counter() {
    return [this](std::size_t done, std::size_t all) { count(done, all); };
  }
  /// What text() gives, which is called only where it will be shown.
  template <class F>
  void show(F text) {
    if (is_due()) write(text());
  }
  /// Wipes it; must be called before anything else is written.
  void end();

 private:
  bool is_due();
  void write(const std::string& text);

  const bool terminal_;
  const std::string what_, unit_;
  std::atomic<std::size_t> done_ = 0;
  std::atomic<Clock::time_point> start_, next_;
  std::mutex mutex_;
  bool shown_ = false;
};

/// Shows a part of some work while it goes on.
OnPhase live_phases();

}  // namespace doppel::apps
