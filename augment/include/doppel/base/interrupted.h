// Waits that nobody needs any more.
#pragma once

#include <exception>

namespace doppel {

/// Thrown where work was told to stop while it waited: nothing is wrong with what it waited for, and no
/// sample is left out for it.
class Interrupted final : public std::exception {
 public:
  const char* what() const noexcept override { return "stopped"; }  ///< always that
};

}  // namespace doppel
