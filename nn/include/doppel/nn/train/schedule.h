// How the learning rate goes over a run.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "doppel/base/fields.h"

namespace doppel::nn {

/// Half a cosine from the peak to 0 at the end.
struct Cosine {
  static constexpr std::string_view kName = "cosine";
  static constexpr std::string_view kHelp = "";  ///< a remark on it: none
  void fields(FieldVisitor&) {}                  ///< it has none
};

/// The peak.
struct Constant {
  static constexpr std::string_view kName = "constant";
  static constexpr std::string_view kHelp = "";  ///< a remark on it: none
  void fields(FieldVisitor&) {}                  ///< it has none
};

/// The peak times factor^k after k times so many epochs.
struct Steps {
  static constexpr std::string_view kName = "steps";
  static constexpr std::string_view kHelp = "";  ///< a remark on it: none
  double epochs = 30;                            ///< between two falls of the rate, above 0
  double factor = 0.1;                           ///< what the rate is multiplied by at each, above 0 to 1
  void fields(FieldVisitor& visit);
};

/// A cosine from peak / 25 up to the peak over 30 %, then one down to peak / 250,000 (Smith 2018).
struct OneCycle {
  static constexpr std::string_view kName = "onecycle";
  static constexpr std::string_view kHelp = "";  ///< a remark on it: none
  void fields(FieldVisitor&) {}                  ///< it has none
};

/// Any of them.
using ScheduleOptions = std::variant<Cosine, Constant, Steps, OneCycle>;

/// The learning rate of each step. All begin with a rise from 0 over `warm_up` steps, but for OneCycle, which
/// has its own.
struct Schedule {
  ScheduleOptions kind = Cosine{};    ///< how it goes after the rise
  double peak = 1e-3;                 ///< the highest rate
  std::uint64_t warm_up = 0;          ///< steps of the rise; 0: none
  std::uint64_t total = 1;            ///< steps of the run
  std::uint64_t steps_per_epoch = 1;  ///< what Steps counts in
  /// The rate of a step, counted from 0.
  double operator()(std::uint64_t step) const;
};

}  // namespace doppel::nn
