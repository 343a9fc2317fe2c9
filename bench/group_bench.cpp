// Sums of a group of processes: what large and small ones take. Each process runs this with --group's word.
// usage: group_bench RANK/WORLD@HOST:PORT [MB [ROUNDS]]
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "doppel/base/clock.h"
#include "doppel/nn/distributed/group.h"

namespace {

template <class Work>
double median_seconds(int rounds, Work work) {
  std::vector<double> times;
  for (int i = 0; i < rounds; ++i) {
    const auto start = doppel::Clock::now();
    work();
    times.push_back(doppel::seconds_since(start));
  }
  std::ranges::nth_element(times, times.begin() + rounds / 2);
  return times[static_cast<std::size_t>(rounds / 2)];
}

}  // namespace

int main(int argc, char** argv) try {
  using namespace doppel;
  if (argc < 2) {
    fmt::print(stderr, "usage: group_bench RANK/WORLD@HOST:PORT [MB [ROUNDS]]\n");
    return 2;
  }
  const std::size_t megabytes = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 100;
  const int rounds = argc > 3 ? std::atoi(argv[3]) : 5;
  nn::Group group(nn::GroupPlace::parse(argv[1]));
  std::vector<float> large(megabytes * 1'000'000 / sizeof(float), 1.F / 3);
  std::vector<double> small(512, 1);
  group.sum(std::span<float>(large));
  const double large_seconds = median_seconds(rounds, [&] { group.sum(std::span<float>(large)); });
  const double small_seconds = median_seconds(1000, [&] { group.sum(std::span<double>(small)); });
  if (group.rank() == 0)
    fmt::print("{} processes: {} MB in {:.3f} s, 4 KB in {:.0f} us\n", group.world(), megabytes,
               large_seconds, 1e6 * small_seconds);
} catch (const std::exception& error) {
  fmt::print(stderr, "group_bench: {}\n", error.what());
  return 1;
}
