// Processes that are started here, and whose output is passed on line by line.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "option.h"

namespace doppel::apps {

/// A program that was started. Ended when this is destroyed, if need be by SIGKILL.
class Child {
 public:
  /// `prefix` begins each line of its output. `environment` is added to this one's; `cores`: those that it
  /// may use, all where empty; `remote`: it has a terminal on another host, to which signals go as the keys
  /// that make them. Throws Error where it can't be started.
  Child(std::string prefix, const Words& words,
        const std::vector<std::pair<std::string, std::string>>& environment, const std::vector<int>& cores,
        bool remote);
  ~Child();
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;

  void signal(int signal);
  /// Once it has ended; of one that a signal ended 128 and the signal's number.
  std::optional<int> exit_code() const { return exit_code_; }

 private:
  friend bool pass_on_output(std::vector<Child>& children, std::chrono::milliseconds within);
  struct Stream {
    int from = -1;     ///< -1: at its end
    int to = -1;       ///< one of ours
    std::string line;  ///< that isn't whole yet
  };
  void pass_on(Stream& stream);
  void look_for_end();

  std::string prefix_;
  int process_ = -1;
  int keys_ = -1;  ///< where a remote's keys go
  Stream out_, error_;
  std::optional<int> exit_code_;
};

/// Waits for output and passes it on; false when all have ended and said all.
bool pass_on_output(std::vector<Child>& children, std::chrono::milliseconds within);

/// A port of this machine's own address that nobody listens at.
std::string free_port();
/// Numbers of the cores that this process may use.
std::vector<int> allowed_cores();
/// The words between spaces.
Words split_at_spaces(const std::string& text);

}  // namespace doppel::apps
