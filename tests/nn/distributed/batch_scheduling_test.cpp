#include "distributed/batch_scheduling.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <thread>

namespace doppel::nn {
namespace {

int policy_of_a_new_thread() {
  int policy = -1;
  std::thread([&] { policy = sched_getscheduler(0); }).join();
  return policy;
}

TEST(BatchScheduling, IsThatOfThreadsStartedMeanwhile) {
  if (sched_getscheduler(0) != SCHED_OTHER) GTEST_SKIP() << "this thread has a policy of its own";
  {
    const BatchScheduling meanwhile;
    EXPECT_EQ(policy_of_a_new_thread(), SCHED_BATCH);
  }
  EXPECT_EQ(sched_getscheduler(0), SCHED_OTHER);
  EXPECT_EQ(policy_of_a_new_thread(), SCHED_OTHER);
}

TEST(BatchScheduling, LeavesAnotherPolicyAsItIs) {
  std::thread([] {
    const sched_param none{};
    ASSERT_EQ(sched_setscheduler(0, SCHED_IDLE, &none), 0);
    {
      const BatchScheduling meanwhile;
      EXPECT_EQ(sched_getscheduler(0), SCHED_IDLE);
    }
    EXPECT_EQ(sched_getscheduler(0), SCHED_IDLE);
  }).join();
}

}  // namespace
}  // namespace doppel::nn
