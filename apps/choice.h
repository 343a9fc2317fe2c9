// Options that take one of several words.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "command.h"
#include "doppel/augment/error.h"
#include "doppel/nn/executor.h"

namespace doppel::apps {

/// What an option's word stands for. Throws UsageError with all words for another.
template <class T>
T chosen(const CommandLine& line, const char* option, const std::vector<std::pair<std::string, T>>& words) {
  const std::string word = line.get<std::string>(option);
  std::vector<std::string> known;
  for (const auto& [name, value] : words) {
    if (name == word) return value;
    known.push_back(name);
  }
  throw UsageError(fmt::format("--{} must be one of {}, not '{}'", option, fmt::join(known, ", "), word));
}

/// --precision. Throws UsageError for bf16 where the processor has none.
inline nn::Precision precision_of(const CommandLine& line) {
  const auto precision =
      chosen<nn::Precision>(line, "precision", {{"f32", nn::Precision::F32}, {"bf16", nn::Precision::BF16}});
  if (precision == nn::Precision::BF16 && !nn::has_bf16())
    throw UsageError("--precision bf16 needs a processor that multiplies bfloat16 (AVX-512 BF16); use f32");
  return precision;
}

}  // namespace doppel::apps
