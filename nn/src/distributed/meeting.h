// Where the processes of a group meet, and learn of each other's ends.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "doppel/nn/distributed/group.h"

namespace doppel::nn {

/// Process 0 listens, the others keep a connection to it. What goes over it is small and rare: addresses,
/// signs of life, how far everybody is, and why one left. A thread of its own answers, whatever the process
/// computes.
class Meeting {
 public:
  /// A process that the others go on without.
  struct Loss {
    int rank = 0;
    std::uint64_t steps = 0;  ///< reached() of it, at least
    bool left = false;        ///< in order, having done so much; else it's gone or silent
    std::string why;          ///< "has gone: its own output says why"
  };

  /// Returns when all have come, see GroupOptions::again. Throws Error where they don't, or where one of them
  /// isn't of this group.
  Meeting(const GroupPlace& place, const GroupOptions& options);
  /// Says goodbye; waits a moment for the others', so that nobody takes an end for a loss.
  ~Meeting();
  Meeting(const Meeting&) = delete;
  Meeting& operator=(const Meeting&) = delete;

  /// This process's: of another meeting its new one.
  const GroupPlace& place() const;
  /// This machine's address by which the others reach it.
  const std::string& own_host() const;
  /// Texts by name, for all.
  void set(const std::string& name, const std::string& value);
  /// Waits until somebody has set it. Throws Error where `within` has passed or somebody is lost.
  std::string get(const std::string& name, std::chrono::milliseconds within);

  /// How far this process has come, in a count that all keep in the same way.
  void reached(std::uint64_t steps);
  /// How far a process had come when it was last heard of.
  std::uint64_t steps_of(int rank) const;
  /// Called on the meeting's thread some times a second, and at once when somebody is lost. When this returns
  /// no other is being called.
  void watch(std::function<void()> call);
  /// Who is missed by those that go on from `steps`: who has left before, is gone or is silent.
  std::optional<Loss> loss(std::uint64_t steps) const;
  /// The same, waiting for news of it.
  std::optional<Loss> loss_within(std::uint64_t steps, std::chrono::milliseconds within) const;

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace doppel::nn
