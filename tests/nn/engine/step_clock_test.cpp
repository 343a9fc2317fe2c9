#include "engine/step_clock.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "doppel/nn/model/loss.h"
#include "doppel/nn/model/notation.h"

namespace doppel::nn {
namespace {

constexpr Shape kTimedImages{3, 16, 16};
constexpr int kTimedRows = 8;

/// A network of each kind of step that trains for some steps.
struct TimedNetwork {
  explicit TimedNetwork(const char* text, ExecutorOptions options = {})
      : model(build_graph(parse_network(text), kTimedImages), 1), executor(model, with_batch(options)) {}
  static ExecutorOptions with_batch(ExecutorOptions options) {
    options.batch = kTimedRows;
    options.shards = 2;
    return options;
  }
  void train(int steps) {
    const std::vector<float> images(static_cast<std::size_t>(kTimedRows * kTimedImages.count()), 0.5F);
    const std::vector<int> labels(kTimedRows, 1);
    for (int i = 0; i < steps; ++i) {
      executor.train(images, labels, CrossEntropy{}, static_cast<std::uint64_t>(i));
      executor.parameters_changed();
    }
  }
  Model model;
  Executor executor;
};

/// Of the passes of a node; all 0 where it has none.
StepTime step_of(const std::vector<StepTime>& times, const std::string& node, const std::string& pass) {
  const auto found = std::ranges::find_if(
      times, [&](const StepTime& time) { return time.node == node && time.pass == pass; });
  return found == times.end() ? StepTime{} : *found;
}

TEST(StepTimes, FlopsAreThoseOfTheDefinition) {
  TimedNetwork net("conv3x3(8)-relu-conv3x3(4,s2,g2)-relu-deconv2x2(6,s2)-fc(5)");
  net.executor.time_steps(true);
  net.train(2);
  const auto times = net.executor.step_times();
  const double first = 2.0 * 8 * 3 * 9 * 16 * 16 * kTimedRows;
  EXPECT_EQ(step_of(times, "conv1", "forward").flops, first);
  EXPECT_EQ(step_of(times, "conv1", "backward").flops, first);  // of the weights alone
  const double second = 2.0 * 4 * 4 * 9 * 8 * 8 * kTimedRows;   // each filter reads half of the channels
  EXPECT_EQ(step_of(times, "conv2", "forward").flops, second);
  EXPECT_EQ(step_of(times, "conv2", "backward").flops, 2 * second);
  const double third = 2.0 * 6 * 4 * 4 * 8 * 8 * kTimedRows;
  EXPECT_EQ(step_of(times, "deconv1", "forward").flops, third);
  EXPECT_EQ(step_of(times, "deconv1", "backward").flops, 2 * third);
  const double last = 2.0 * 5 * 6 * 16 * 16 * kTimedRows;
  for (const char* pass : {"forward", "backward", "parameters"})
    EXPECT_EQ(step_of(times, "fc1", pass).flops, last) << pass;
  EXPECT_EQ(step_of(times, "conv1", "forward").layer, "conv3x3(8)");
}

TEST(StepTimes, BytesAreThoseOfValuesAndWeights) {
  TimedNetwork net("conv1x1(16)-bn-relu-maxpool2x2-fc(5)");
  net.executor.time_steps(true);
  net.train(2);
  const auto times = net.executor.step_times();
  const double in = 4.0 * 3 * 256 * kTimedRows, wide = 4.0 * 16 * 256 * kTimedRows, pooled = wide / 4,
               weights = 4.0 * 16 * 3, of_fc = 4.0 * 5 * 16 * 64;
  EXPECT_EQ(step_of(times, "conv1", "forward").bytes, in + wide + weights);
  EXPECT_EQ(step_of(times, "conv1", "backward").bytes, in + wide + 2 * weights);  // one of each shard
  EXPECT_EQ(step_of(times, "conv1", "parameters").bytes, 3 * weights);
  // The statistics first, then the values.
  EXPECT_EQ(step_of(times, "bn1", "forward").bytes, 3 * wide);
  // Sums of x and dy; then both again, and dx.
  EXPECT_EQ(step_of(times, "bn1", "backward").bytes, 5 * wide);
  EXPECT_EQ(step_of(times, "pool1", "forward").bytes + step_of(times, "maxpool1", "forward").bytes,
            wide + pooled + pooled / 4);
  EXPECT_EQ(step_of(times, "fc1", "forward").bytes, pooled + 4.0 * 5 * kTimedRows + of_fc);
}

TEST(StepTimes, EveryStepThatDoesSomethingMovesSomething) {
  const char* every =
      "conv3x3(16)-bn-relu-add[conv3x3(16)-bn|]-relu-cat[|tanh]-prelu-avgpool2x2-resize(2)-dropout(0.5)-"
      "maxpool2x2-side(0.3)[gap-fc(5)]-silu-adaptpool2x2-fc(6)-softmax-fc(5)";
  for (const auto mode : {ExecutorOptions::Mode::Training, ExecutorOptions::Mode::Inference}) {
    TimedNetwork net(every, {.mode = mode});
    net.executor.time_steps(true);
    const bool training = mode == ExecutorOptions::Mode::Training;
    if (training)
      net.train(3);
    else
      net.executor.predict(std::vector<float>(kTimedRows * 3 * 256, 0.5F), kTimedRows);
    const auto times = net.executor.step_times();
    EXPECT_GT(times.size(), training ? 30U : 12U);
    for (const StepTime& time : times) {
      EXPECT_FALSE(time.node.empty());
      EXPECT_FALSE(time.layer.empty()) << time.node;
      EXPECT_GT(time.bytes, 0) << time.node << " " << time.pass;
      EXPECT_GT(time.seconds, 0) << time.node << " " << time.pass;
      EXPECT_TRUE(training || time.pass == "forward" || time.pass == "load") << time.pass;
    }
  }
}

TEST(StepTimes, AddUpToAboutTheWhole) {
  TimedNetwork net("conv3x3(32)-relu-conv3x3(32)-relu-pool-fc(10)", {.threads = 1});
  net.train(2);
  double most = 0;  // of a step is what layers take, of several steps: others use the processor, too
  for (int i = 0; i < 10; ++i) {
    net.executor.time_steps(true);
    const auto start = Clock::now();
    net.train(1);
    const double whole = seconds_since(start);
    const auto times = net.executor.step_times();
    const double layers = std::accumulate(
        times.begin(), times.end(), 0.0, [](double sum, const StepTime& time) { return sum + time.seconds; });
    EXPECT_LE(layers, whole);
    most = std::max(most, layers / whole);
  }
  EXPECT_GT(most, 0.3);
}

TEST(StepTimes, AreTakenOnlyWhereTheyAreWanted) {
  TimedNetwork net("conv3x3(8)-relu-fc(5)");
  net.train(2);
  EXPECT_TRUE(net.executor.step_times().empty());
  net.executor.time_steps(true);
  EXPECT_TRUE(net.executor.step_times().empty());
  net.train(1);
  EXPECT_FALSE(net.executor.step_times().empty());
  net.executor.time_steps(true);
  EXPECT_TRUE(net.executor.step_times().empty());
  net.train(1);
  net.executor.time_steps(false);
  net.train(1);
  EXPECT_TRUE(net.executor.step_times().empty());
}

/// A step that does nothing.
class IdleStep final : public engine::Step {
 public:
  void forward(int, const engine::Shard&) override {}
  void backward(int, const engine::Shard&) override {}
  engine::Work forward_work(int) const override { return {.bytes = 1}; }
};

void spend(double seconds) {
  for (const auto start = Clock::now(); seconds_since(start) < seconds;) {}
}

TEST(StepClock, SharesWhatTurnsTakeAmongThreadsButNotWhatRunsAlone) {
  using engine::Pass;
  std::vector<std::unique_ptr<engine::Step>> steps;
  steps.push_back(std::make_unique<IdleStep>());
  engine::StepClock clock(steps, 2);
  const auto work = [] { spend(0.001); };
  EXPECT_TRUE(clock.times(1).empty());
  clock.time(*steps[0], Pass::Forward, 0, work);
  clock.time(*steps[0], Pass::Forward, 1, work);
  clock.time_alone(*steps[0], Pass::Forward, work);
  EXPECT_TRUE(clock.times(1).empty());
  clock.end(Pass::Forward, 2);
  clock.end(Pass::Backward, 2);  // in which it has nothing to do
  const auto times = clock.times(1);
  ASSERT_EQ(times.size(), 1U);
  EXPECT_EQ(times[0].pass, "forward");
  EXPECT_GE(times[0].seconds, 0.002);  // (1 + 1) / 2 + 1
}

TEST(StepClock, KeepsTheLatestPasses) {
  using engine::Pass;
  std::vector<std::unique_ptr<engine::Step>> steps;
  steps.push_back(std::make_unique<IdleStep>());
  engine::StepClock clock(steps, 1);
  clock.time(*steps[0], Pass::Forward, 0, [] { spend(0.001); });
  clock.end(Pass::Forward, 1);
  EXPECT_GE(clock.times(1)[0].seconds, 0.001);
  for (std::size_t i = 0; i < 2 * engine::StepClock::kMost; ++i) clock.end(Pass::Forward, 1);
  EXPECT_EQ(clock.times(1)[0].seconds, 0);
}

}  // namespace
}  // namespace doppel::nn
