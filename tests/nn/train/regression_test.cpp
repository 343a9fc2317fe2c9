// Numbers that are learned: how they are standardised and measured, and that a network learns an angle.
#include "doppel/nn/train/regression.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <opencv2/imgproc.hpp>

#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"
#include "doppel/dataset/sources/memory.h"
#include "doppel/nn/model/notation.h"
#include "doppel/nn/train/trainer.h"
#include "error_of.h"

namespace doppel::nn {
namespace {

using TwoNumbers = std::vector<double>;

dataset::SourcePtr samples_with(std::vector<TwoNumbers> numbers) {
  std::vector<augment::Sample> samples;
  for (const TwoNumbers& one : numbers) {
    samples.emplace_back().image = cv::Mat(2, 2, CV_8UC1, cv::Scalar(one.empty() ? 0 : one[0]));
    samples.back().numbers = one;
  }
  return std::make_shared<dataset::InMemory>(std::move(samples), std::vector<std::string>{},
                                             std::vector<std::string>{"a", "b"});
}

TEST(NumberTask, StandardisesAndComesBack) {
  const NumberTask task = number_task(*samples_with({{1, 5}, {}, {4, 5}, {7, 5}}));
  EXPECT_EQ(task.names, (std::vector<std::string>{"a", "b"}));
  EXPECT_NEAR(task.mean[0], 4, 1e-12);
  EXPECT_NEAR(task.std[0], std::sqrt(6), 1e-12);
  EXPECT_EQ(task.mean[1], 5);
  EXPECT_EQ(task.std[1], 1) << "all alike";
  const std::vector<float> outputs = task.standardised(TwoNumbers{7, 6});
  EXPECT_NEAR(outputs[0], 3 / std::sqrt(6), 1e-6);
  EXPECT_NEAR(task.numbers(outputs)[0], 7, 1e-6);
  EXPECT_EQ(task.numbers(outputs)[1], 6);
  EXPECT_EQ(error_of([] { number_task(*samples_with({{}})); }), "no sample has numbers to learn");
}

TEST(NumberTask, LargeNumbersKeepWhatDiffers) {
  // Seconds since 1970, a minute apart: floats of them couldn't tell one from the next.
  const NumberTask task = number_task(*samples_with({{1.7e9, 0}, {1.7e9 + 60, 0}}));
  EXPECT_NEAR(task.standardised(TwoNumbers{1.7e9 + 60, 0})[0], 1, 1e-6);
}

TEST(NumberErrors, AreTheirFormulas) {
  NumberErrors errors(2);
  errors.add(TwoNumbers{1, 10}, TwoNumbers{2, 10});
  errors.add(TwoNumbers{3, 20}, TwoNumbers{3, 20});
  errors.add(TwoNumbers{8, 60}, TwoNumbers{6, 60});
  EXPECT_EQ(errors.total(), 3);
  EXPECT_NEAR(errors.mean_absolute_error(0), 1, 1e-12);
  EXPECT_NEAR(errors.root_mean_square_error(0), std::sqrt(5.0 / 3), 1e-12);
  // The truths' mean is 4; their squared distances from it sum to 26.
  EXPECT_NEAR(errors.r2(0), 1 - 5.0 / 26, 1e-12);
  EXPECT_EQ(errors.r2(1), 1);
  EXPECT_NEAR(errors.r2(), 1 - 2.5 / 26, 1e-12);
  EXPECT_NEAR(errors.mean_absolute_error(), 0.5, 1e-12);
  EXPECT_EQ(NumberErrors(1).r2(), 0);
}

/// A bar through the centre, turned by the angle that is to be told: -60 to 60 degrees, counter-clockwise.
dataset::SourcePtr bars(int count, int seed) {
  constexpr int kSide = 24, kShift = 4;
  std::vector<augment::Sample> samples;
  for (int i = 0; i < count; ++i) {
    // Evenly spread, whatever the count; the second part lies between the first's.
    const double share = std::fmod((i + 0.5 * seed) * std::numbers::phi, 1.0), degrees = 120 * share - 60;
    const double turn = degrees * std::numbers::pi / 180, c = kSide / 2.0 - 0.5;
    augment::Sample& sample = samples.emplace_back();
    sample.image = cv::Mat::zeros(kSide, kSide, CV_8UC1);
    const auto fixed = [&](double v) { return static_cast<int>(std::lround(v * (1 << kShift))); };
    const double dx = 9 * std::cos(turn), dy = -9 * std::sin(turn);
    cv::line(sample.image, {fixed(c - dx), fixed(c - dy)}, {fixed(c + dx), fixed(c + dy)}, cv::Scalar(255), 3,
             cv::LINE_AA, kShift);
    sample.numbers = {degrees};
  }
  return std::make_shared<dataset::InMemory>(std::move(samples), std::vector<std::string>{},
                                             std::vector<std::string>{"angle"});
}

struct AngleRun {
  explicit AngleRun(const Loss& loss)
      : model(
            build_graph(parse_network("conv3x3(8,s2)-bn-relu-conv3x3(16,s2)-bn-relu-flatten-fc(32)-relu-fc"),
                        {1, 24, 24}, 1),
            1),
        train(bars(512, 0), {},
              {.batch = 32, .seed = 3, .epochs = 12, .mean = {0.2F}, .std = {0.4F, 1, 1, 1}}),
        test(bars(100, 1), {},
             {.batch = 50,
              .order = dataset::LoaderOptions::Order::Sequential,
              .mean = {0.2F},
              .std = {0.4F, 1, 1, 1}}) {
    options.epochs = 12;
    options.shards = 2;
    options.rate = 0.005;
    options.loss = loss;
    options.numbers = number_task(train.source());
  }
  Model model;
  dataset::Loader train, test;
  TrainerOptions options;
};

TEST(Regression, LearnsTheAngleOfABar) {
  for (const Loss& loss : std::vector<Loss>{MeanSquaredError{}, Huber{}}) {
    AngleRun run(loss);
    Trainer trainer(run.model, run.train, &run.test, run.options);
    trainer.run([](const Progress&) {}, [](const EpochRecord&) {});
    const EpochRecord& last = trainer.history().back();
    ASSERT_TRUE(last.valid_mae && last.valid_r2 && last.valid_loss);
    EXPECT_FALSE(last.valid_accuracy);
    EXPECT_LT(*last.valid_mae, 2) << "degrees";
    EXPECT_GT(*last.valid_r2, 0.99);
    EXPECT_EQ(last.held_out(), last.valid_r2);
    const NumberErrors errors = evaluate_numbers(run.model, run.test, run.options.numbers);
    EXPECT_EQ(errors.mean_absolute_error(), *last.valid_mae);
    EXPECT_EQ(errors.total(), 100);
  }
}

TEST(Regression, GoesOnFromACheckpointToTheSameBits) {
  const dataset::TemporaryFolder folder;
  const auto last_weights = [&](bool stops) {
    AngleRun run(MeanAbsoluteError{});
    run.options.epochs = 2;
    run.options.checkpoint = folder.path() / (stops ? "stopped" : "whole");
    std::atomic<bool> stop = false;
    int steps = 0;
    {
      Trainer trainer(run.model, run.train, &run.test, run.options);
      EXPECT_NE(trainer.run([&](const Progress&) { stop = stops && ++steps == 20; },
                            [](const EpochRecord&) {}, &stop),
                stops);
    }
    if (stops) {
      stop = false;
      Trainer trainer(run.model, run.train, &run.test, run.options);
      trainer.resume();
      EXPECT_TRUE(trainer.run([](const Progress&) {}, [](const EpochRecord&) {}, &stop));
      EXPECT_TRUE(trainer.history()[0].valid_r2);
    }
    return run.model.parameters()[0].value;
  };
  EXPECT_EQ(last_weights(true), last_weights(false));
  AngleRun other(MeanAbsoluteError{});
  other.options.epochs = 2;
  other.options.checkpoint = folder.path() / "whole";
  other.options.numbers.mean[0] += 1;
  Trainer trainer(other.model, other.train, &other.test, other.options);
  EXPECT_NE(error_of([&] { trainer.resume(); }).find("the number angle"), std::string::npos);
}

TEST(Regression, SaysWhatDoesntFit) {
  AngleRun run(CrossEntropy{});
  EXPECT_EQ(error_of([&] { Trainer(run.model, run.train, &run.test, run.options); }),
            "numbers are learned by the losses mse, mae and huber");
  run.options.loss = MeanSquaredError{};
  Model two(build_graph(parse_network("fc"), {1, 24, 24}, 2), 1);
  Trainer trainer(two, run.train, nullptr, run.options);
  EXPECT_NE(error_of([&] {
              trainer.run([](const Progress&) {}, [](const EpochRecord&) {});
            }).find("has 1 numbers to learn, but the network gives 2"),
            std::string::npos);
}

}  // namespace
}  // namespace doppel::nn
