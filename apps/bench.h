// What `doppel bench` is made of.
#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

#include "command.h"
#include "doppel/base/clock.h"
#include "doppel/nn/engine/executor.h"

namespace doppel::apps {

/// --seconds, --shape.
Option seconds_option();
Option shape_option();
/// --shape, as "1x28x28". Throws UsageError for anything else.
nn::Shape shape_of(const CommandLine& line);

/// --net, --shape, --classes, --batch; and --precision, --threads, --shards.
OptionGroup network_group();
std::vector<Option> executor_options();
/// What they name, with random numbers.
nn::Model network_model(const CommandLine& line);
nn::Executor network_executor(const CommandLine& line, nn::Model& model, nn::ExecutorOptions::Mode mode,
                              bool time_kernels = false);

inline double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

/// Images per second of a call that works through `batch` images, after a second of warming up: each number
/// over a quarter of a second, for `seconds` or three numbers.
template <class Call>
std::vector<double> speeds_of(std::size_t batch, double seconds, Call call) {
  const auto warm = Clock::now();
  for (int i = 0; i < 2 || seconds_since(warm) < 1; ++i) call();
  std::vector<double> speeds;
  const auto start = Clock::now();
  while (speeds.size() < 3 || seconds_since(start) < seconds) {
    const auto group = Clock::now();
    std::size_t images = 0;
    while (images == 0 || seconds_since(group) < 0.25) call(), images += batch;
    speeds.push_back(static_cast<double>(images) / seconds_since(group));
  }
  return speeds;
}

/// Seconds of each call, five of them or more, for `seconds`.
template <class Call>
std::vector<double> seconds_of(double seconds, Call call) {
  std::vector<double> each;
  const auto start = Clock::now();
  while (each.size() < 5 || seconds_since(start) < seconds) {
    const auto begun = Clock::now();
    call();
    each.push_back(seconds_since(begun));
  }
  return each;
}

}  // namespace doppel::apps
