#include "doppel/nn/engine/limits.h"

#include <unistd.h>

#include <algorithm>
#include <vector>

#include "buffer.h"
#include "cpu_isa.h"
#include "doppel/base/clock.h"
#include "doppel/base/cores.h"
#include "doppel/base/parallel.h"
#include "doppel/nn/engine/executor.h"
#include "limit_loops.h"

namespace doppel::nn {
namespace {

/// What `threads` threads come to in a second that all do such parts side by side, so many rounds of them.
/// work(part) says what it did. That of the median part, times the threads: a part is too short to be
/// interrupted often, where others want the processor too.
template <class PartWork>
double rate_of(ThreadArena& arena, int threads, std::size_t rounds, std::size_t parts, PartWork work) {
  std::vector<double> rates(rounds * parts);
  for (std::size_t round = 0; round < rounds; ++round)
    arena.run([&] {
      for_all(
          parts,
          [&](std::size_t part) {
            const auto start = Clock::now();
            const double done = work(part);
            rates[round * parts + part] = done / std::max(seconds_since(start), 1e-9);
          },
          tbb::simple_partitioner());
    });
  const auto middle = rates.begin() + std::ssize(rates) / 2;
  std::ranges::nth_element(rates, middle);
  return threads * *middle;
}

double product_rate(ThreadArena& arena, int threads, engine::Products (*loop)(int)) {
  constexpr int kTurns = 30'000;
  constexpr std::size_t kParts = 500;  // of some 0.1 ms
  return rate_of(arena, threads, 1, static_cast<std::size_t>(threads) * kParts, [&](std::size_t) {
    const engine::Products products = loop(kTurns);
    return products.sum > 0 ? products.flops : 0;
  });
}

/// Four times over all of the memory.
double byte_rate(ThreadArena& arena, int threads) {
  constexpr std::size_t kLeast = std::size_t{256} << 20, kPart = std::size_t{1} << 20;
  const long cache = std::max(0L, sysconf(_SC_LEVEL3_CACHE_SIZE));
  const std::size_t parts = std::max(kLeast, 4 * static_cast<std::size_t>(cache)) / kPart,
                    numbers = kPart / sizeof(float);
  const engine::Buffer memory(parts * numbers);
  return rate_of(arena, threads, 4, parts, [&](std::size_t i) {
    engine::scale(memory.data() + i * numbers, numbers, 1.F);
    return 2.0 * kPart;
  });
}

}  // namespace

MachineLimits measure_limits(int threads) {
  const int cores = usable_cores();
  MachineLimits limits{.threads = threads > 0 ? std::min(threads, cores) : cores};
  ThreadArena arena(limits.threads);
  limits.f32_flops = product_rate(arena, limits.threads, engine::float_products);
  const bool tiles = engine::multiplies_tiles();
  if (has_bf16())
    limits.bf16_flops =
        product_rate(arena, limits.threads, tiles ? engine::tile_products : engine::bf16_products);
  limits.bytes = byte_rate(arena, limits.threads);
  return limits;
}

}  // namespace doppel::nn
