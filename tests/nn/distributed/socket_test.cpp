#include "distributed/socket.h"

#include <gtest/gtest.h>

#include <string>

#include "nn/distributed/free_port.h"

namespace doppel::nn {
namespace {

/// Whoever knocks at a port of those that the system gives to who knocks may be given that port itself: once
/// in 30,000 times or so.
TEST(Socket, NobodyMeetsHimself) {
  const std::string port = free_port();
  for (int k = 0; k < 20000; ++k)
    ASSERT_FALSE(Socket::connected("127.0.0.1", port, std::chrono::milliseconds(0)).is_open()) << k;
}

}  // namespace
}  // namespace doppel::nn
