#include "step_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "doppel/base/clock.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"

namespace doppel::apps {
namespace {

/// Seconds since 1970.
double wall_clock() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace

std::uint64_t process_start(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  const std::string stat{std::istreambuf_iterator<char>(file), {}};
  // The second field is the name in parentheses, which may hold anything.
  const std::size_t name_end = stat.rfind(')');
  if (name_end == stat.npos) return 0;
  std::istringstream fields(stat.substr(name_end + 1));
  constexpr int kBefore = 19;  // of the fields from the third to the 21st
  std::string skipped;
  for (int i = 0; i < kBefore; ++i) fields >> skipped;
  std::uint64_t start = 0;
  fields >> start;
  return start;
}

StepLog::StepLog(const std::filesystem::path& folder, const std::string& what, bool resumes,
                 const nlohmann::ordered_json& facts)
    : path_(folder / "steps.jsonl") {
  // A pipe of that name would wait for a reader.
  try {
    check_no_pipe(path_);
  } catch (const Error&) {
    fail("it isn't a file");
    return;
  }
  fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (resumes ? 0 : O_TRUNC), 0644);
  end_line();
  nlohmann::ordered_json line{
      {"begin", what}, {"pid", ::getpid()}, {"started", process_start(::getpid())}, {"time", wall_clock()}};
  line.update(facts);
  add(line);
}

StepLog::~StepLog() {
  if (fd_ >= 0) ::close(fd_);
}

StepLog::StepLog(StepLog&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      has_failed_(other.has_failed_),
      path_(std::move(other.path_)),
      next_(other.next_) {}

StepLog& StepLog::operator=(StepLog&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(has_failed_, other.has_failed_);
  std::swap(path_, other.path_);
  std::swap(next_, other.next_);
  return *this;
}

bool StepLog::is_due() {
  const auto now = Clock::now();
  if (path_.empty() || now < next_) return false;
  next_ = now + std::chrono::seconds(1);
  return true;
}

void StepLog::add(const nlohmann::ordered_json& line) {
  if (path_.empty() || has_failed_) return;
  const std::string text = line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  const auto size = static_cast<ssize_t>(text.size());
  if (fd_ >= 0) errno = 0;  // of what could be opened; a short write leaves none
  if (fd_ >= 0 && ::write(fd_, text.data(), text.size()) == size) return;
  fail(errno != 0 ? std::strerror(errno) : "no more room");
}

void StepLog::fail(const char* why) {
  has_failed_ = true;
  std::cerr << fmt::format("{}: {}; the run goes on without it\n", path_.string(), why);
}

/// A run that was killed, or ran out of room, may have left half a line.
void StepLog::end_line() {
  char last = '\n';
  std::ifstream file(path_, std::ios::binary);
  if (file.seekg(-1, std::ios::end)) file.get(last);
  if (fd_ >= 0 && last != '\n' && ::write(fd_, "\n", 1) != 1) has_failed_ = true;
}

}  // namespace doppel::apps
