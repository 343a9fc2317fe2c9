// How long each step of a network takes.
#pragma once

#include <array>
#include <unordered_map>
#include <vector>

#include "doppel/base/clock.h"
#include "step.h"

namespace doppel::nn::engine {

enum class Pass { Load, Forward, Backward, Parameters };
inline constexpr std::array kPasses{Pass::Load, Pass::Forward, Pass::Backward, Pass::Parameters};

/// "load", "forward", "backward" or "parameters".
std::string name_of(Pass pass);

/// Collects what threads spend on each step in each pass. The steps must outlive it. Each turn of a step's
/// pass, a shard or a parameter task, is one thread's; what ends a pass is called when all are through.
class StepClock {
 public:
  /// So many passes are kept, the latest.
  static constexpr std::size_t kMost = 256;

  StepClock(const std::vector<std::unique_ptr<Step>>& steps, int shards);

  /// Calls call(), and counts what it takes.
  template <class Call>
  void time(const Step& step, Pass pass, int turn, Call call) {
    const auto start = Clock::now();
    call();
    row(step, pass).turns[static_cast<std::size_t>(turn)] += seconds_since(start);
  }
  /// The same while other threads wait.
  template <class Call>
  void time_alone(const Step& step, Pass pass, Call call) {
    const auto start = Clock::now();
    call();
    row(step, pass).alone += seconds_since(start);
  }
  /// The end of a pass in which so many threads worked side by side: it took each step what its turns took
  /// together, shared by the threads, and what ran alone.
  void end(Pass pass, int threads);

  /// The median of each pass that has ended and in which the step had something to do, step by step. `rows`:
  /// of the batch.
  std::vector<StepTime> times(int rows) const;

 private:
  struct Row {
    std::vector<double> turns;  ///< seconds, of the pass that goes on
    double alone = 0;
    std::vector<double> passes;  ///< seconds, of those that have ended
  };
  using Rows = std::array<Row, kPasses.size()>;
  Row& row(const Step& step, Pass pass) { return rows_.find(&step)->second[static_cast<std::size_t>(pass)]; }

  std::vector<const Step*> steps_;
  std::unordered_map<const Step*, Rows> rows_;
  std::array<std::size_t, kPasses.size()> ended_{};
};

}  // namespace doppel::nn::engine
