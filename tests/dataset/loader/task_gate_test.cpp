#include "loader/task_gate.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace doppel::dataset {
namespace {

TEST(TaskGate, ClosesOnceNobodyIsInside) {
  TaskGate gate;
  std::atomic<bool> inside = false, may_leave = false, closed = false;
  std::thread task([&] {
    const TaskGate::Visit visit(gate);
    EXPECT_TRUE(static_cast<bool>(visit));
    inside = true;
    inside.notify_all();
    may_leave.wait(false);
    EXPECT_FALSE(closed);
  });
  inside.wait(false);
  std::thread owner([&] {
    gate.close();
    closed = true;
  });
  while (static_cast<bool>(TaskGate::Visit(gate))) std::this_thread::yield();  // until the owner is at it
  may_leave = true;
  may_leave.notify_all();
  task.join();
  owner.join();
  EXPECT_FALSE(static_cast<bool>(TaskGate::Visit(gate)));
  gate.close();
}

TEST(TaskGate, CountsTasksUntilTheyCome) {
  TaskGate gate;
  gate.expect();
  gate.expect();
  EXPECT_EQ(gate.coming(), 2U);
  { const TaskGate::Visit visit(gate); }
  EXPECT_EQ(gate.coming(), 1U);
  gate.close();
  { const TaskGate::Visit visit(gate); }
  EXPECT_EQ(gate.coming(), 0U);
}

}  // namespace
}  // namespace doppel::dataset
