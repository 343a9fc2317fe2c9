// Seeds of the fuzzers, and damaged forms of them, through their readers: what was found once stays mended.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <vector>

#include "doppel/base/files.h"
#include "doppel/base/random.h"
#include "mend.h"
#include "targets.h"

namespace doppel::fuzz {

/// What fuzzing has kept for it, where DOPPEL_FUZZ_CORPUS names a folder of such.
inline void read_kept(const Target& target) {
  const char* corpus = std::getenv("DOPPEL_FUZZ_CORPUS");
  const auto folder = std::filesystem::path(corpus ? corpus : "") / target.name;
  if (!corpus || !std::filesystem::is_directory(folder)) return;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) target.read(read_file(entry.path()));
}

inline void read_seeds(const std::vector<Target>& targets) {
  for (const Target& target : targets) {
    std::size_t seeds = 0;
    const auto folder = std::filesystem::path(DOPPEL_FUZZ_SEEDS) / target.name;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      ++seeds;
      const std::vector<unsigned char> whole = read_file(entry.path());
      target.read(whole);
      for (std::uint64_t k = 0; k < 40 && !whole.empty(); ++k) {
        const Stream one = Stream{.seed = 3}.split("damage", k);
        auto bytes = whole;
        const int last = static_cast<int>(bytes.size()) - 1;
        for (int i = 0; i < 2; ++i) {
          const Stream place = one.split("byte", static_cast<std::uint64_t>(i));
          bytes[static_cast<std::size_t>(place.integer("at", 0, last))] =
              static_cast<unsigned char>(place.integer("value", 0, 255));
        }
        if (k % 4 == 0) bytes.resize(static_cast<std::size_t>(one.integer("size", 0, last)));
        if (k % 2 == 1) mend_checksums(target.name, bytes);
        target.read(bytes);
      }
    }
    EXPECT_GT(seeds, 0U) << target.name << " has no seeds";
    read_kept(target);
  }
}

}  // namespace doppel::fuzz
