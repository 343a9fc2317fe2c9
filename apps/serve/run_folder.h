// Runs of training in folders: what they are, how they stand, and what they append.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace doppel::apps {

/// Whether a folder holds a run: what `train`, `gan` or `study` write first.
bool is_run(const std::filesystem::path& folder);
/// Whether it is one, or has one a folder or two below.
bool holds_runs(const std::filesystem::path& folder);

/// Whole lines of a file that grows.
struct GrownLines {
  nlohmann::ordered_json lines = nlohmann::ordered_json::array();  ///< objects
  std::uint64_t next = 0;                                          ///< where the next one begins, byte
  std::string first;          ///< by which another file of the same name is known
  bool is_anew = false;       ///< the file is another one, or shorter: the lines are its first
  std::uint64_t damaged = 0;  ///< lines that aren't JSON, which are left out
};

/// One run. Whatever its files hold, be it half written, of another version or gone: it's told, not thrown.
class RunFolder {
 public:
  /// `name`: what people know it by.
  RunFolder(std::filesystem::path folder, std::string name);
  const std::string& name() const { return name_; }
  /// What it is: {"name", "kind": "train", "gan", "study" or "unknown", "state", "facts": {net, data …},
  /// "step" and "epoch": its last lines of these, "pictures": [names], "lines": bytes of its log}. States:
  /// "running", "done", "stopped", "ended" (killed, or of a version without a log), "gone" (the folder isn't
  /// there).
  nlohmann::ordered_json summary() const;
  /// Another number where its files may be others: what is appended, made or taken away changes it.
  std::uint64_t stamp() const;
  /// Of the log (of a run without one metrics.jsonl, gan.jsonl or results.jsonl) from a byte on, at most half
  /// a megabyte. `first`: GrownLines::first of the lines before; empty where there were none.
  GrownLines lines(std::uint64_t from, std::string_view first) const;
  /// A picture that summary() names. Throws UsageError for others, Error where it can't be read.
  std::vector<unsigned char> picture(std::string_view name) const;
  /// Asks the process that goes on with it to stop as Ctrl-C does. Throws UsageError where nobody does, or
  /// somebody else's process does.
  void stop() const;

 private:
  struct Tail {
    nlohmann::ordered_json begin, step, epoch;  ///< the last of each; null where there is none
    std::string has_ended;                      ///< empty: it hasn't said so
  };
  Tail tail() const;
  std::filesystem::path log() const;
  std::vector<std::string> pictures() const;

  std::filesystem::path folder_;
  std::string name_;
};

/// All runs of some folders. A run that appears later is found by look(); numbers stay.
class RunList {
 public:
  explicit RunList(std::vector<std::filesystem::path> folders);
  /// How many there are now.
  std::size_t look();
  /// Throws UsageError where there is none of this number.
  const RunFolder& at(std::size_t number) const;

 private:
  std::vector<std::filesystem::path> folders_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<RunFolder>> runs_;
  std::vector<std::filesystem::path> known_;
};

}  // namespace doppel::apps
