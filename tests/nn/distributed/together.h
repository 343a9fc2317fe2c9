// A group in one process.
#pragma once

#include <chrono>
#include <exception>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "doppel/nn/distributed/group.h"
#include "nn/distributed/free_port.h"

namespace doppel::nn {

inline const GroupOptions kGroupOptions{.patience = std::chrono::seconds(20),
                                        .meeting = std::chrono::seconds(20)};

/// Calls work(group) in `world` threads that meet at a free port; gives what each ended with, "" where it did
/// well.
inline std::vector<std::string> together(int world, const std::function<void(Group&)>& work) {
  const std::string port = free_port();
  std::vector<std::string> ends(static_cast<std::size_t>(world));
  std::vector<std::thread> threads;
  for (int rank = 0; rank < world; ++rank)
    threads.emplace_back([&, rank] {
      try {
        Group group({rank, world, "127.0.0.1", port}, kGroupOptions);
        work(group);
      } catch (const std::exception& error) { ends[static_cast<std::size_t>(rank)] = error.what(); }
    });
  for (std::thread& thread : threads) thread.join();
  return ends;
}

inline const std::vector<std::string> kAllWell(3);  // of three

}  // namespace doppel::nn
