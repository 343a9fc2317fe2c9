#include "step_clock.h"

#include <algorithm>
#include <numeric>

namespace doppel::nn::engine {
namespace {

double median_of(std::vector<double> values) {
  const auto middle = values.begin() + std::ssize(values) / 2;
  std::ranges::nth_element(values, middle);
  return *middle;
}

Work pass_work(const Step& step, Pass pass, int rows) {
  switch (pass) {
    case Pass::Load:
      return step.load_work();
    case Pass::Forward:
      return step.forward_work(rows);
    case Pass::Backward:
      return step.backward_work(rows);
    case Pass::Parameters:
      return step.parameter_work();
  }
  return {};
}

}  // namespace

std::string name_of(Pass pass) {
  constexpr std::array kNames{"load", "forward", "backward", "parameters"};
  return kNames[static_cast<std::size_t>(pass)];
}

StepClock::StepClock(const std::vector<std::unique_ptr<Step>>& steps, int shards) {
  for (const auto& step : steps) {
    steps_.push_back(step.get());
    for (Row& row : rows_[step.get()])
      row.turns.resize(static_cast<std::size_t>(std::max(shards, step->parameter_tasks())));
  }
}

void StepClock::end(Pass pass, int threads) {
  const auto at = static_cast<std::size_t>(pass);
  const std::size_t place = ended_[at]++ % kMost;
  for (auto& [step, rows] : rows_) {
    Row& row = rows[at];
    const double seconds =
        std::accumulate(row.turns.begin(), row.turns.end(), 0.0) / std::max(1, threads) + row.alone;
    if (place < row.passes.size())
      row.passes[place] = seconds;
    else
      row.passes.push_back(seconds);
    std::ranges::fill(row.turns, 0.0);
    row.alone = 0;
  }
}

std::vector<StepTime> StepClock::times(int rows) const {
  std::vector<StepTime> all;
  for (const Step* step : steps_)
    for (const Pass pass : kPasses) {
      const auto& passes = rows_.at(step)[static_cast<std::size_t>(pass)].passes;
      const Work work = pass_work(*step, pass, rows);
      if (passes.empty() || work.bytes == 0) continue;
      all.push_back(
          {step->node(), step->layer(), name_of(pass), median_of(passes), work.flops, work.bytes, work.bf16});
    }
  return all;
}

}  // namespace doppel::nn::engine
