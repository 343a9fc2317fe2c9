// How the learning rate goes over a run.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "doppel/base/fields.h"

namespace doppel::nn {

/// Half a cosine from the peak to 0 at the end.
struct Cosine {
  static constexpr std::string_view kName = "cosine", kHelp = "";
  void fields(FieldVisitor&) {}
};

/// The peak.
struct Constant {
  static constexpr std::string_view kName = "constant", kHelp = "";
  void fields(FieldVisitor&) {}
};

/// The peak times factor^k after k times so many epochs.
struct Steps {
  static constexpr std::string_view kName = "steps", kHelp = "";
  double epochs = 30, factor = 0.1;
  void fields(FieldVisitor& visit);
};

/// A cosine from peak / 25 up to the peak over 30 %, then one down to peak / 250,000 (Smith 2018).
struct OneCycle {
  static constexpr std::string_view kName = "onecycle", kHelp = "";
  void fields(FieldVisitor&) {}
};

using ScheduleOptions = std::variant<Cosine, Constant, Steps, OneCycle>;

/// The learning rate of each step. All begin with a rise from 0 over `warm_up` steps, but for OneCycle, which
/// has its own.
struct Schedule {
  ScheduleOptions kind = Cosine{};
  double peak = 1e-3;
  std::uint64_t warm_up = 0, total = 1;  ///< steps
  std::uint64_t steps_per_epoch = 1;
  double operator()(std::uint64_t step) const;
};

}  // namespace doppel::nn
