// What a run says of itself while it goes on, for whoever watches its folder.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace doppel::apps {

/// `steps.jsonl` in a run's folder: lines of JSON that are only ever appended, each by one write, so that a
/// reader never meets half a change. Of each the first key says what it is:
///
/// - {"begin": "train", "pid": 4711, "started": 123456, "time": 1.7e9, …}: a process goes on with the run.
///   `started`: when by the kernel's clock (the 22nd field of /proc/PID/stat), which a later process with the
///   same number doesn't share.
/// - {"step": 120, …} while it works, about once a second; {"epoch": 3, …} after each.
/// - {"file": "samples_000300.png", …}: a picture was written; {"event": …}, {"result": …}: what the GAN met,
/// and
///   what the study found.
/// - {"end": "done"}, {"end": "stopped"}: as it ended itself. Without it, it was killed, or goes on.
///
/// Where the folder can't be written to (a full disk), that is said once on stderr, and the run goes on.
class StepLog {
 public:
  /// Writes nothing.
  StepLog() = default;
  /// `what`: "train", "gan", "study"; `resumes`: it is appended to, else a former file is replaced. `facts`:
  /// an object whose keys come into the first line.
  StepLog(const std::filesystem::path& folder, const std::string& what, bool resumes,
          const nlohmann::ordered_json& facts);
  ~StepLog();
  StepLog(StepLog&& other) noexcept;
  StepLog& operator=(StepLog&& other) noexcept;

  /// Whether a step's line is due: a second after the last, and the first at once.
  bool is_due();
  /// Appends a line.
  void add(const nlohmann::ordered_json& line);

 private:
  void end_line();
  void fail(const char* why);
  int fd_ = -1;
  bool has_failed_ = false;
  std::filesystem::path path_;
  std::chrono::steady_clock::time_point next_{};
};

/// When a process was started, in the kernel's ticks since the machine was; 0 where there is no such process.
std::uint64_t process_start(pid_t pid);

}  // namespace doppel::apps
