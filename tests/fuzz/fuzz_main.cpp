// libFuzzer's entry: FUZZ_TARGET names the reader, FUZZ_LIST what it is in.
#include <cstddef>
#include <cstdint>
#include <span>

#include "targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const auto& target : doppel::fuzz::FUZZ_LIST())
    if (target.name == FUZZ_TARGET) target.read(std::span(data, size));
  return 0;
}
