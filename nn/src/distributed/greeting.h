// How a process is let into a group.
#pragma once

#include <chrono>
#include <vector>

#include "doppel/nn/distributed/group.h"
#include "socket.h"

namespace doppel::nn {

/// A process's place, and its connections to others.
struct Connections {
  int rank = 0;
  std::vector<Socket>
      by_rank;  ///< as many as there are processes; of those reached by way of rank 0 not open
};

/// Between two signs of life.
std::chrono::milliseconds beat_interval(const GroupOptions& options);

/// Of rank 0: opens the door, and returns when all have come and have shown that they know the key. Whoever
/// says something else is sent away. Throws Error where a process of another world has come, two are of one
/// rank, or not all have come in time; those that are in are told so.
Connections welcome_all(const GroupPlace& place, const GroupOptions& options);

/// Of the others: knocks until rank 0 opens. Throws Error where it doesn't in time, or doesn't let this one
/// in.
Connections let_in(const GroupPlace& place, const GroupOptions& options);

}  // namespace doppel::nn
