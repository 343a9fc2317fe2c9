// libFuzzer's entries: FUZZ_TARGET names the reader, FUZZ_LIST what it is in.
#include <cstddef>
#include <cstdint>
#include <span>

#include "mend.h"
#include "targets.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const auto& target : doppel::fuzz::FUZZ_LIST())
    if (target.name == FUZZ_TARGET) target.read(std::span(data, size));
  return 0;
}

/// libFuzzer's own change; of eight such seven have their checksums put right.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most,
                                               unsigned seed) {
  const std::size_t changed = LLVMFuzzerMutate(data, size, most);
  if (seed % 8 != 0) doppel::fuzz::mend_checksums(FUZZ_TARGET, std::span(data, changed));
  return changed;
}
