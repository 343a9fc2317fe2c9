#include "stopping.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <csignal>

namespace doppel::apps {
namespace {

TEST(Stopping, LeavesTheErrorOfACallThatWasInterrupted) {
  stop_on_signals();
  EXPECT_FALSE(is_told_to_stop());
  errno = EAGAIN;
  std::raise(SIGINT);
  EXPECT_EQ(errno, EAGAIN);
  EXPECT_TRUE(is_told_to_stop());
  EXPECT_THROW(check_stopped(), Stopped);
  stop_on_signals();
  EXPECT_FALSE(is_told_to_stop());
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

}  // namespace
}  // namespace doppel::apps
