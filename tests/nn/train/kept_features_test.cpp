#include "train/kept_features.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "dataset/temporary_folder.h"
#include "doppel/augment/transforms/crop/resize.h"
#include "doppel/augment/transforms/flip/horizontal_flip.h"
#include "doppel/augment/transforms/mix/mix_up.h"
#include "doppel/base/error.h"
#include "doppel/dataset/analysis/split.h"
#include "doppel/dataset/open/open_data.h"
#include "doppel/dataset/sources/memory.h"
#include "doppel/nn/model/notation.h"
#include "doppel/nn/train/trainer.h"
#include "error_of.h"

namespace doppel::nn {
namespace {

using dataset::Loader;

const char* const kBody = "conv3x3(8,s2)-bn-relu-conv3x3(16,s2)-bn-relu-gap-dropout(0.2)-fc";

/// Digits, and a network of which only the last layer learns.
struct FrozenRun {
  explicit FrozenRun(bool keeps, const augment::Recipe& recipe = {}, const char* network = kBody)
      : model(build_graph(parse_network(network), {1, 28, 28}, 10), 1),
        source(dataset::per_class(dataset::open_data("sample:digits").train, 20, 1)),
        train(source, recipe,
              {.batch = 32, .seed = 3, .epochs = 4, .mean = {0.1F, 0, 0, 0}, .std = {0.3F, 1, 1, 1}}),
        valid(source, {},
              {.batch = 100,
               .epochs = 1,
               .order = dataset::LoaderOptions::Order::Sequential,
               .mean = {0.1F, 0, 0, 0},
               .std = {0.3F, 1, 1, 1}}) {
    options.epochs = 4;
    options.shards = 2;
    options.optimizer = Sgd{};  // AdamW makes much of how sums are rounded
    options.rate = 0.05;
    options.run_frozen = !keeps;
    for (Parameter& p : model.parameters())
      if (!p.name.starts_with("fc")) p.rate = 0;
  }
  std::string go(int stop_after = 0, bool resume = false) {
    Trainer trainer(model, train, &valid, options);
    if (resume) trainer.resume();
    std::atomic<bool> stop = false;
    int taken = 0;
    trainer.run([&](const Progress&) { stop = ++taken == stop_after; }, [](const EpochRecord&) {}, &stop);
    history = trainer.history();
    return trainer.kept_layer();
  }
  Model model;
  dataset::SourcePtr source;
  Loader train, valid;
  TrainerOptions options;
  std::vector<EpochRecord> history;
};

std::vector<float> values_of(Model& model, const std::string& node) {
  std::vector<float> all = model.find(node, "weight")->value;
  const std::vector<float>& bias = model.find(node, "bias")->value;
  all.insert(all.end(), bias.begin(), bias.end());
  return all;
}

TEST(KeptFeatures, TrainTheSameHeadAsImagesDo) {
  FrozenRun kept(true), plain(false);
  EXPECT_EQ(kept.go(), "gap1");
  EXPECT_EQ(plain.go(), "");
  const std::vector<float> a = values_of(kept.model, "fc1"), b = values_of(plain.model, "fc1");
  for (std::size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a[i], b[i], 2e-4) << i;
  ASSERT_EQ(kept.history.size(), 4);
  EXPECT_LT(kept.history.back().loss, kept.history.front().loss);
  for (std::size_t e = 0; e < 4; ++e) {
    EXPECT_NEAR(kept.history[e].loss, plain.history[e].loss, 1e-3);
    EXPECT_NEAR(*kept.history[e].valid_loss, *plain.history[e].valid_loss, 1e-3);
  }
}

TEST(KeptFeatures, AreTheSameToTheBitForAnyThreadsAndAfterAResume) {
  const dataset::TemporaryFolder folder;
  FrozenRun whole(true), one_thread(true), stopped(true), rest(true);
  one_thread.options.threads = 1;
  stopped.options.checkpoint = rest.options.checkpoint = folder.path() / "checkpoint.safetensors";
  whole.go();
  one_thread.go();
  stopped.go(9);
  EXPECT_EQ(rest.go(0, true), "gap1");
  EXPECT_EQ(values_of(whole.model, "fc1"), values_of(one_thread.model, "fc1"));
  EXPECT_EQ(values_of(whole.model, "fc1"), values_of(rest.model, "fc1"));
  // Images would give other bits.
  rest.options.run_frozen = true;
  EXPECT_THAT(error_of([&] { rest.go(0, true); }), testing::HasSubstr("run_frozen"));
}

TEST(KeptFeatures, NeedImagesThatAreTheSameInEveryEpoch) {
  EXPECT_EQ(FrozenRun(true, {augment::Resize{.size = {28, 28}}}).go(), "gap1");
  EXPECT_EQ(FrozenRun(true, augment::Recipe::load("digits")).go(), "");
  EXPECT_EQ(FrozenRun(true, {augment::HorizontalFlip{.p = 0.02}}).go(), "");
  EXPECT_EQ(FrozenRun(true, {augment::MixUp{}}).go(), "");
}

TEST(KeptFeatures, BeginAfterTheLastValueThatStays) {
  const auto layer = [](const char* network, const char* learns, std::size_t numbers = 1 << 20) {
    Model model(build_graph(parse_network(network), {1, 28, 28}, 10), 1);
    bool frozen = true;
    for (Parameter& p : model.parameters()) {
      frozen = frozen && !p.name.starts_with(std::string(learns) + ".");
      if (frozen) p.rate = 0;
    }
    return frozen_until(model, numbers);
  };
  EXPECT_EQ(layer(kBody, "fc1"), "gap1");
  EXPECT_EQ(layer(kBody, "conv2"), "relu1");
  EXPECT_EQ(layer(kBody, "bn2"), "conv2");
  EXPECT_EQ(layer(kBody, "conv1"), "");
  // What drops out is drawn anew in each step.
  EXPECT_EQ(layer("conv3x3(4)-dropout(0.5)-conv3x3(4)-gap-fc", "fc1"), "conv1");
  // Two values cross from the frozen part into the other: their source is what both come from.
  EXPECT_EQ(layer("conv3x3(4)-relu-add[conv3x3(4)-relu-conv3x3(4)|]-gap-fc", "conv3"), "relu1");
  // Values that are too large leave those that are smaller, though they come earlier.
  EXPECT_EQ(layer("conv3x3(2,s4)-resize(2)-conv3x3(2)-gap-fc", "conv2", 100), "conv1");
  EXPECT_EQ(layer("conv3x3(2,s4)-resize(2)-conv3x3(2)-gap-fc", "conv2", 10), "");
}

TEST(KeptFeatures, LeaveABrokenSampleOutByName) {
  std::vector<augment::Sample> samples;
  for (int i = 0; i < 20; ++i)
    samples.push_back({cv::Mat(28, 28, CV_8UC1, cv::Scalar(i * 12)), {}, {}, {}, i % 2});
  samples[7].image = cv::Mat();
  const dataset::InMemory source(samples, {"a", "b"});
  Loader images(source, {}, {.batch = 8, .epochs = 2});
  Model model(build_graph(parse_network("conv3x3(4)-relu-gap-fc"), {1, 28, 28}, 2), 1);
  model.find("conv1", "weight")->rate = model.find("conv1", "bias")->rate = 0;
  const auto kept = keep_features(model, images, nullptr, {.shards = 2}, {});
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->node, "flatten1");
  std::vector<std::size_t> seen, expected;
  for (const dataset::Batch& batch : kept->train->epoch(1))
    seen.insert(seen.end(), batch.indices.begin(), batch.indices.end());
  for (const dataset::Batch& batch : images.epoch(1))
    expected.insert(expected.end(), batch.indices.begin(), batch.indices.end());
  EXPECT_EQ(seen, expected);
  EXPECT_EQ(seen.size(), 19);
  ASSERT_EQ(kept->train->report().reasons.size(), 1);
  EXPECT_EQ(kept->train->report().reasons[0].reason, images.report().reasons[0].reason);
}

TEST(ExecutorParts, GiveTogetherWhatTheWholeGives) {
  Model model(build_graph(parse_network(kBody), {1, 28, 28}, 10), 1);
  std::vector<float> images(5 * 28 * 28);
  for (std::size_t i = 0; i < images.size(); ++i) images[i] = std::sin(static_cast<float>(i));
  const ExecutorOptions how{.batch = 5, .shards = 2, .mode = ExecutorOptions::Mode::Inference};
  Executor whole(model, how);
  const auto all = whole.predict(images, 5);
  for (const char* cut : {"conv1", "bn1", "relu1", "conv2", "relu2", "gap1"}) {
    ExecutorOptions first = how, second = how;
    first.until = second.after = cut;
    Executor below(model, first), above(model, second);
    const auto middle = below.predict(images, 5);
    const auto end = above.predict(middle, 5);
    ASSERT_EQ(end.size(), all.size());
    for (std::size_t i = 0; i < all.size(); ++i) EXPECT_NEAR(end[i], all[i], 1e-5) << cut;
  }
  ExecutorOptions wrong = how;
  wrong.until = "conv9";
  EXPECT_EQ(error_of([&] { Executor(model, wrong); }), "the network has no layer conv9");
  wrong.until = wrong.after = "relu1";
  EXPECT_EQ(error_of([&] { Executor(model, wrong); }), "no layer comes after relu1 up to relu1");
}

}  // namespace
}  // namespace doppel::nn
