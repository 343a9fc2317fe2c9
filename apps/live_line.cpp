#include "live_line.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <memory>

namespace doppel::apps {
namespace {

constexpr std::chrono::seconds kPatience{1};
constexpr std::chrono::milliseconds kPause{100};

/// The terminal's width; a line that fills it would begin a new one.
std::size_t columns() {
  winsize size{};
  const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

/// The first characters of UTF-8.
std::string first_characters(const std::string& text, std::size_t most) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(text[i]) & 0xc0) != 0x80;
    if (begins && characters++ == most) return text.substr(0, i);
  }
  return text;
}

}  // namespace

std::string clock_text(double seconds) {
  const int s = static_cast<int>(seconds + 0.5);
  return s >= 3600 ? fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
                   : fmt::format("{}:{:02}", s / 60, s % 60);
}

LiveLine::LiveLine(std::string what, std::string unit)
    : terminal_(::isatty(STDERR_FILENO) == 1),
      what_(std::move(what)),
      unit_(unit.empty() ? "" : " " + unit),
      start_(Clock::now()),
      next_(start_.load() + kPatience) {}

void LiveLine::count(std::size_t done, std::size_t all) {
  if (!terminal_) return;
  if (done == 0) {
    start_ = Clock::now();
    next_ = start_.load() + kPatience;
  }
  show([&] {
    const double seconds = seconds_since(start_.load()), rate = static_cast<double>(done) / seconds;
    std::string text = what_ + ": ";
    if (!unit_.empty())
      text += all > 0 ? fmt::format("{} of {}{}", done, all, unit_) : fmt::format("{}{}", done, unit_);
    else
      text += all > 0 ? fmt::format("{} %", 100 * done / all) : fmt::format("{} images found", done);
    if (!unit_.empty()) text += rate < 10 ? fmt::format(", {:.1f}/s", rate) : fmt::format(", {:.0f}/s", rate);
    constexpr std::size_t kTells = 100;  // so many, or a hundredth, say how fast it goes
    if (done > 0 && done <= all && done >= std::min(kTells, all / 100))
      text += fmt::format(", {} left", clock_text(static_cast<double>(all - done) / rate));
    return text;
  });
}

bool LiveLine::is_due() {
  if (!terminal_) return false;
  const auto now = Clock::now();
  auto next = next_.load();
  return now >= next && next_.compare_exchange_strong(next, now + kPause);
}

void LiveLine::write(const std::string& text) {
  const std::lock_guard lock(mutex_);
  std::cerr << "\r\x1b[K" + first_characters(text, columns() - 1) << std::flush;
  shown_ = true;
}

void LiveLine::end() {
  const std::lock_guard lock(mutex_);
  if (shown_) std::cerr << "\r\x1b[K" << std::flush;
  shown_ = false;
}

OnPhase live_phases() {
  return [](const std::string& what, const std::string& unit) -> OnProgress {
    const auto line = std::make_shared<LiveLine>(what, unit);
    return [line](std::size_t done, std::size_t all) { line->count(done, all); };
  };
}

}  // namespace doppel::apps
