// Who is lost before a group has begun.
#include "distributed/greeting.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "distributed/meeting.h"
#include "distributed/socket.h"
#include "doppel/base/error.h"
#include "doppel/nn/distributed/group.h"
#include "nn/distributed/free_port.h"

namespace doppel::nn {
namespace {

/// What two of three end with where the third is in the meeting, but does what `third` does there.
std::array<std::string, 2> with_third_that_never_connects(const GroupOptions& options,
                                                          const std::function<void()>& third) {
  const std::string port = free_port();
  std::array<std::string, 2> ends;
  std::vector<std::thread> threads;
  for (int rank = 0; rank < 2; ++rank)
    threads.emplace_back([&, rank] {
      try {
        Group group({rank, 3, "127.0.0.1", port}, options);
      } catch (const GroupLoss& loss) {
        EXPECT_EQ(loss.rank(), 2);
        ends[static_cast<std::size_t>(rank)] = loss.what();
      }
    });
  {
    Meeting meeting({2, 3, "127.0.0.1", port}, options);
    third();
  }
  for (std::thread& thread : threads) thread.join();
  return ends;
}

TEST(Greeting, WhoEndsWhileTheyConnectIsNamedAtOnce) {
  for (const std::string& end : with_third_that_never_connects({.patience = std::chrono::minutes(5)}, [] {}))
    EXPECT_NE(end.find("process 2 of the group has left it"), std::string::npos) << end;
}

TEST(Greeting, WhoIsThereButDoesNotConnectIsGivenUp) {
  for (const std::string& end :
       with_third_that_never_connects({.patience = std::chrono::milliseconds(500)},
                                      [] { std::this_thread::sleep_for(std::chrono::seconds(1)); }))
    EXPECT_NE(end.find("process 2 of the group"), std::string::npos) << end;
}

TEST(Greeting, WhoCameAndDiedAndDoesNotComeAgainIsNamed) {
  const std::string port = free_port();
  std::atomic<bool> stop = false;
  std::string first_end;
  std::thread first([&] {
    try {
      Group group({0, 3, "127.0.0.1", port}, {.patience = std::chrono::milliseconds(300)});
    } catch (const Error& error) { first_end = error.what(); }
  });
  std::thread died([&] { EXPECT_THROW(Group({1, 3, "127.0.0.1", port}, {.stop = &stop}), Error); });
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  stop = true;
  died.join();
  first.join();
  EXPECT_EQ(first_end, "process 1 of the group came, and has gone: its own output says why");
}

TEST(Greeting, AFirstProcessThatSaysNothingIsGivenUp) {
  const Socket silent = Socket::listening("127.0.0.1", "0");
  const GroupPlace place{1, 2, "127.0.0.1", silent.own_address().second};
  std::string end;
  try {
    Group group(place, {.patience = std::chrono::milliseconds(300)});
  } catch (const Error& error) { end = error.what(); }
  EXPECT_EQ(end, fmt::format("process 0 at 127.0.0.1:{} doesn't answer: nothing has come from it for 0.3 s",
                             place.port));
}

}  // namespace
}  // namespace doppel::nn
