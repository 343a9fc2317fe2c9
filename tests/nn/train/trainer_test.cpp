#include "doppel/nn/train/trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/interrupted.h"
#include "doppel/dataset/analysis/split.h"
#include "doppel/dataset/open/open_data.h"
#include "doppel/dataset/sources/memory.h"
#include "doppel/nn/formats/safetensors.h"
#include "doppel/nn/model/notation.h"
#include "error_of.h"
#include "full_disk.h"

namespace doppel::nn {
namespace {

using dataset::Loader;
using dataset::TemporaryFolder;

dataset::SourcePtr few_digits() {
  return dataset::per_class(dataset::open_data("sample:digits").train, 20, 1);
}

Graph small_net() {
  return build_graph(parse_network("conv3x3(8,s2)-bn-relu-pool-conv3x3(16)-relu-dropout(0.1)-fc"),
                     {1, 28, 28}, 10);
}

std::vector<float> all_values(const Model& model) {
  std::vector<float> all;
  for (const Parameter& p : model.parameters()) all.insert(all.end(), p.value.begin(), p.value.end());
  return all;
}

struct TrainingRun {
  explicit TrainingRun(const std::filesystem::path& checkpoint, const OptimizerOptions& optimizer = AdamW{},
                       int threads = 0)
      : model(small_net(), 1),
        loader(few_digits(), augment::Recipe::load("digits"), {.batch = 32, .seed = 3, .epochs = 3}) {
    options.epochs = 3;
    options.optimizer = optimizer;
    options.shards = 2;
    options.threads = threads;
    options.checkpoint = checkpoint;
    // Both belong to what a resume must restore.
    if (std::holds_alternative<Sgd>(optimizer)) options.clip_norm = 1;
    if (std::holds_alternative<Adam>(optimizer)) options.average = 0.9;
  }
  /// Trains; stops after `steps` steps where that isn't 0.
  bool go(int steps = 0, bool resume = false) {
    Trainer trainer(model, loader, nullptr, options);
    if (resume) trainer.resume();
    std::atomic<bool> stop = false;
    int taken = 0;
    const bool finished =
        trainer.run([&](const Progress&) { stop = ++taken == steps; }, [](const EpochRecord&) {}, &stop);
    history = trainer.history();
    return finished;
  }
  Model model;
  Loader loader;
  TrainerOptions options;
  std::vector<EpochRecord> history;
};

TEST(Trainer, TheSameSeedGivesTheSameWeightsForAnyThreads) {
  TrainingRun a(""), b(""), c("", AdamW{}, 1);
  EXPECT_TRUE(a.go() && b.go() && c.go());
  EXPECT_EQ(all_values(a.model), all_values(b.model));
  EXPECT_EQ(all_values(a.model), all_values(c.model));
  EXPECT_GT(a.history.back().accuracy, a.history.front().accuracy);
}

TEST(Trainer, StoppedAndResumedIsTheSameToTheBit) {
  for (const OptimizerOptions& kind : std::vector<OptimizerOptions>{AdamW{}, Sgd{}, Adam{}, RmsProp{}}) {
    const TemporaryFolder folder;
    TrainingRun unbroken("", kind);
    unbroken.go();
    for (const int steps : {1, 7, 9, 14}) {
      TrainingRun first(folder.path() / "c", kind), second(folder.path() / "c", kind);
      EXPECT_FALSE(first.go(steps));
      EXPECT_TRUE(second.go(0, true));
      EXPECT_EQ(all_values(second.model), all_values(unbroken.model)) << steps;
      EXPECT_EQ(second.history.size(), 3U);
      EXPECT_EQ(second.history[0].loss, unbroken.history[0].loss);
    }
  }
}

/// Ctrl-C while what is held out is measured, after the first epoch.
TEST(Trainer, StoppedWhileItMeasuresItGoesOnToTheSameBits) {
  const TemporaryFolder folder;
  const auto held_out = dataset::per_class(dataset::open_data("sample:digits").test, 5, 1);
  const auto trained = [&](const std::filesystem::path& checkpoint, bool stops, bool resumes) {
    TrainingRun run(checkpoint, Adam{});
    Loader measured(held_out, {}, {.batch = 32, .order = dataset::LoaderOptions::Order::Sequential});
    std::atomic<bool> stop = false;
    if (stops) run.options.measuring = [&](std::size_t done, std::size_t) { stop = stop || done == 3; };
    Trainer trainer(run.model, run.loader, &measured, run.options);
    if (resumes) trainer.resume();
    const bool whole = trainer.run([](const Progress&) {}, [](const EpochRecord&) {}, &stop);
    EXPECT_EQ(whole, !stops);
    EXPECT_EQ(trainer.history().size(), stops ? 0U : 3U);
    return all_values(run.model);
  };
  const auto unbroken = trained("", false, false);
  trained(folder.path() / "c", true, false);
  EXPECT_EQ(trained(folder.path() / "c", false, true), unbroken);
}

/// Waits for the network, until it's told to stop.
class FarDigits final : public dataset::Source {
 public:
  FarDigits(dataset::SourcePtr digits, std::atomic<int>& reads) : digits_(std::move(digits)), reads_(reads) {}
  std::size_t size() const override { return digits_->size(); }
  dataset::Item read(std::size_t index) const override {
    if (reads_-- == 0) stopped_ = true;
    if (stopped_) throw Interrupted();
    return digits_->read(index);
  }
  std::string name(std::size_t index) const override { return digits_->name(index); }
  int label(std::size_t index) const override { return digits_->label(index); }
  const std::vector<std::string>& classes() const override { return digits_->classes(); }

 private:
  dataset::SourcePtr digits_;
  std::atomic<int>& reads_;
  mutable std::atomic<bool> stopped_ = false;
};

TEST(Trainer, StoppedWhileItWaitsForDataItLeavesNoSampleOut) {
  const TemporaryFolder folder;
  const auto trained = [&](const std::filesystem::path& checkpoint, int reads, bool resumes) {
    TrainingRun run(checkpoint);
    std::atomic<int> left = reads;
    Loader far(std::make_shared<FarDigits>(few_digits(), left), augment::Recipe::load("digits"),
               {.batch = 32, .seed = 3, .epochs = 3, .on_error = dataset::LoaderOptions::OnError::Skip});
    Trainer trainer(run.model, far, nullptr, run.options);
    if (resumes) trainer.resume();
    EXPECT_EQ(trainer.run([](const Progress&) {}, [](const EpochRecord&) {}), reads < 0);
    EXPECT_EQ(far.report().skipped, 0U);
    return all_values(run.model);
  };
  const auto unbroken = trained("", -1, false);
  trained(folder.path() / "c", 300, false);
  EXPECT_EQ(trained(folder.path() / "c", -1, true), unbroken);
}

TEST(Trainer, AFullDiskLeavesTheLastCheckpointWhole) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "c";
  TrainingRun first(path);
  first.go(3);
  const auto before = read_file(path);
  {
    const FullDisk full(2000);
    TrainingRun second(path);
    EXPECT_THROW(second.go(2), Error);
  }
  EXPECT_EQ(read_file(path), before);
  TrainingRun third(path);
  EXPECT_TRUE(third.go(0, true));
}

/// A checkpoint of before there was a setting of the loader's.
TEST(Trainer, SettingsThatACheckpointLacksHadTheirDefaults) {
  const TemporaryFolder folder;
  TrainingRun unbroken("");
  unbroken.go();
  TrainingRun first(folder.path() / "c");
  first.go(5);
  TensorFile file = load_tensors(folder.path() / "c");
  std::string& settings = file.metadata.at("settings");
  const std::string known = R"(["epoch_samples","0"],)";
  ASSERT_NE(settings.find(known), std::string::npos) << settings;
  settings.erase(settings.find(known), known.size());
  save_tensors(folder.path() / "c", file);
  TrainingRun second(folder.path() / "c");
  EXPECT_TRUE(second.go(0, true));
  EXPECT_EQ(all_values(second.model), all_values(unbroken.model));
}

TEST(Trainer, ResumingSomethingElseIsRefused) {
  const TemporaryFolder folder;
  TrainingRun first(folder.path() / "c");
  EXPECT_THROW(first.go(0, true), Error);  // there is none
  first.go(2);
  TrainingRun other(folder.path() / "c");
  other.options.epochs = 2;
  EXPECT_EQ(error_of([&] { other.go(0, true); }),
            (folder.path() / "c").string() + ": was made with epochs = 3, not 2; go on with the same");
  TrainingRun decay(folder.path() / "c", AdamW{.weight_decay = 0.125});
  EXPECT_THAT(error_of([&] { decay.go(0, true); }),
              testing::HasSubstr("was made with weight_decay = 0.05, not 0.125"));
  TrainingRun sgd(folder.path() / "c", Sgd{});
  EXPECT_THAT(error_of([&] { sgd.go(0, true); }),
              testing::HasSubstr("was made with optimizer = adamw, not sgd"));
  Model wrong(build_graph(parse_network("fc"), {1, 28, 28}, 10), 1);
  Trainer trainer(wrong, first.loader, nullptr, first.options);
  EXPECT_THROW(trainer.resume(), Error);
}

TEST(Trainer, AStateThatSaysSomethingElseIsDamaged) {
  const TemporaryFolder folder;
  TrainingRun first(folder.path() / "c");
  first.go(2);
  TensorFile file = load_tensors(folder.path() / "c");
  const std::string whole = file.metadata.at("training");
  const auto fault_of = [&](const std::string& field, const nlohmann::json& value) {
    auto state = nlohmann::json::parse(whole);
    state[field] = value;
    file.metadata["training"] = state.dump();
    save_tensors(folder.path() / "c", file);
    TrainingRun again(folder.path() / "c");
    return error_of([&] { again.go(0, true); });
  };
  const std::string damaged = (folder.path() / "c").string() + ": its training state is damaged: ";
  EXPECT_EQ(fault_of("step", 1e300), damaged + "'step' isn't a whole number of its range");
  EXPECT_EQ(fault_of("epoch", -1), damaged + "'epoch' isn't a whole number of its range");
  EXPECT_EQ(fault_of("updates", "2"), damaged + "'updates' isn't a whole number of its range");
  EXPECT_EQ(fault_of("shards", 0), damaged + "'shards' is less than 1");
  EXPECT_EQ(fault_of("rows", 1e300), damaged + "'rows' isn't a whole number of its range");
  EXPECT_THAT(fault_of("history", {{{"epoch", 1.5}}}), testing::StartsWith(damaged));
  file.metadata["training"] = "[]";
  save_tensors(folder.path() / "c", file);
  TrainingRun again(folder.path() / "c");
  EXPECT_THAT(error_of([&] { again.go(0, true); }), testing::StartsWith(damaged));
}

TEST(Trainer, ARunGoesOnForMoreEpochs) {
  const TemporaryFolder folder;
  TrainingRun first(folder.path() / "c"), more(folder.path() / "c");
  EXPECT_TRUE(first.go());
  more.options.epochs = 5;
  more.options.threads = 1;  // which may differ
  EXPECT_TRUE(more.go(0, true));
  EXPECT_EQ(more.history.size(), 5U);
  EXPECT_EQ(more.history[2].loss, first.history[2].loss);
}

TEST(Trainer, ALossThatIsNoNumberIsNamed) {
  TrainingRun run("", Sgd{});
  run.options.rate = 1e30;
  try {
    run.go();
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("the loss is NaN or infinite in epoch 1 at step"),
              std::string::npos);
  }
}

TEST(Trainer, WhatTheLastStepMadeInfiniteIsNamedAndNotKept) {
  const TemporaryFolder folder;
  Model model(small_net(), 1);
  Loader loader(few_digits(), {}, {.batch = 1000, .epochs = 1});
  ASSERT_EQ(loader.steps(), 1U);
  Trainer trainer(model, loader, nullptr,
                  {.epochs = 1, .optimizer = Sgd{}, .rate = 1e300, .checkpoint = folder.path() / "c"});
  const std::string error = error_of([&] { trainer.run([](const Progress&) {}, [](const EpochRecord&) {}); });
  EXPECT_THAT(error, testing::HasSubstr("holds NaN or infinite values after step 1 of epoch 1"));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "c"));
}

TEST(Trainer, ALossThatIsNoNumberNamesWhereItBegan) {
  TrainingRun run("");
  run.model.find("fc1", "weight")->value[3] = std::numeric_limits<float>::quiet_NaN();
  try {
    run.go();
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("fc1.weight"), std::string::npos) << error.what();
  }
}

TEST(Trainer, BatchesTogetherAreOneLargeBatch) {
  // Without BatchNorm, dropout and draws, two batches of 25 whose gradients are averaged are one of 50.
  const Graph graph = build_graph(parse_network("conv3x3(4,s2)-relu-fc"), {1, 28, 28}, 10);
  const auto trained = [&](std::size_t batch, int accumulate) {
    Model model(graph, 1);
    Loader loader(few_digits(), {}, {.batch = batch, .seed = 3, .epochs = 2});
    TrainerOptions options;
    options.epochs = 2;
    options.accumulate = accumulate;
    options.schedule = Constant{};
    options.warm_up_epochs = 0;
    options.optimizer = Sgd{.weight_decay = 0.01};
    options.rate = 0.01;
    Trainer(model, loader, nullptr, options).run([](const Progress&) {}, [](const EpochRecord&) {});
    return all_values(model);
  };
  const auto large = trained(50, 1), parts = trained(25, 2);
  for (std::size_t i = 0; i < large.size(); ++i) ASSERT_NEAR(large[i], parts[i], 1e-5) << i;
}

TEST(Trainer, StopsWhereNothingGetsBetterAndKeepsTheBest) {
  const TemporaryFolder folder;
  TrainingRun run("");
  run.options.epochs = 8;
  run.options.patience = 2;
  run.options.rate = 1e-12;  // nothing is learned
  run.options.best = folder.path() / "best.safetensors";
  Loader valid(few_digits(), {}, {.batch = 64});
  Trainer trainer(run.model, run.loader, &valid, run.options);
  const auto before = all_values(run.model);
  EXPECT_TRUE(trainer.run([](const Progress&) {}, [](const EpochRecord&) {}));
  EXPECT_TRUE(trainer.stopped_early());
  EXPECT_LT(trainer.history().size(), 8U);
  EXPECT_EQ(trainer.history().size(), static_cast<std::size_t>(trainer.best_epoch()) + 3);
  Model best(small_net(), 5);
  load_model(run.options.best, best);
  EXPECT_NEAR(evaluate(best, valid).accuracy(),
              *trainer.history()[static_cast<std::size_t>(trainer.best_epoch())].valid_accuracy, 1e-12);
  EXPECT_THROW(Trainer(run.model, run.loader, nullptr, run.options), UsageError);
}

/// Images of one pixel in which red may be there, and green: every mixture of both.
dataset::SourcePtr reds_and_greens() {
  std::vector<augment::Sample> samples;
  for (int i = 0; i < 64; ++i) {
    const bool red = i % 2 == 1, green = i / 2 % 2 == 1;
    augment::Sample sample;
    sample.image = cv::Mat(1, 1, CV_8UC3, cv::Scalar(red ? 255 - i : i, green ? 255 - i : i, 128));
    if (red) sample.label_shares.push_back({0, 1});
    if (green) sample.label_shares.push_back({1, 1});
    sample.label = red ? 0 : green ? 1 : -1;
    if (!red && !green) sample.label_shares = {{0, 0}};
    samples.push_back(sample);
  }
  return std::make_shared<dataset::InMemory>(samples, std::vector<std::string>{"red", "green"});
}

TEST(Trainer, LabelsThatDontExcludeEachOtherAreLearnedInFull) {
  Model model(build_graph(parse_network("fc"), {3, 1, 1}, 2), 1);
  Loader train(reds_and_greens(), {}, {.batch = 16, .seed = 3, .epochs = 40}),
      valid(reds_and_greens(), {}, {.batch = 64});
  TrainerOptions options;
  options.epochs = 40;
  options.rate = 0.1;
  options.loss = BinaryCrossEntropy{.smoothing = 0};
  Trainer trainer(model, train, &valid, options);
  trainer.run([](const Progress&) {}, [](const EpochRecord&) {});
  const EpochRecord& last = trainer.history().back();
  EXPECT_EQ(last.valid_map, 1.0);
  EXPECT_FALSE(last.valid_accuracy);
  EXPECT_EQ(last.held_out(), last.valid_map);
  ASSERT_GE(trainer.best_epoch(), 0);
  EXPECT_EQ(trainer.history()[static_cast<std::size_t>(trainer.best_epoch())].valid_map, 1.0);
  const MultiLabel result = evaluate_multi_label(model, valid);
  EXPECT_EQ(result.exact_match(), 1) << "both where both are there, none where none is";
  EXPECT_NEAR(*last.valid_loss, result.mean_loss(), 1e-9);
}

TEST(Trainer, NoneOfTheClassesIsNothingToLearnWhereTheyExcludeEachOther) {
  Model model(build_graph(parse_network("fc"), {3, 1, 1}, 2), 1);
  Loader train(reds_and_greens(), {}, {.batch = 16, .seed = 3, .epochs = 1});
  TrainerOptions options;
  options.epochs = 1;
  const std::string what = error_of([&] {
    Trainer(model, train, nullptr, options).run([](const Progress&) {}, [](const EpochRecord&) {});
  });
  EXPECT_NE(what.find("none of the classes"), std::string::npos) << what;
}

TEST(Trainer, MeasuresEveryFewEpochsAndTheLast) {
  TrainingRun run("");
  run.options.epochs = 5;
  run.options.valid_every = 2;
  Loader valid(few_digits(), {}, {.batch = 64});
  Trainer trainer(run.model, run.loader, &valid, run.options);
  EXPECT_TRUE(trainer.run([](const Progress&) {}, [](const EpochRecord&) {}));
  ASSERT_EQ(trainer.history().size(), 5U);
  for (const EpochRecord& r : trainer.history())
    EXPECT_EQ(r.valid_accuracy.has_value(), r.epoch == 1 || r.epoch == 3 || r.epoch == 4) << r.epoch;
  run.options.patience = 1;
  EXPECT_THROW(Trainer(run.model, run.loader, &valid, run.options), UsageError);
}

TEST(Trainer, TheRateFallsOnAPlateau) {
  TrainingRun run("");
  run.options.epochs = 5;
  run.options.rate = 1e-12;
  run.options.schedule = Constant{};
  run.options.plateau = 1;
  run.options.plateau_factor = 0.5;
  Loader valid(few_digits(), {}, {.batch = 64});
  Model constant(small_net(), 1);
  for (Parameter& p : constant.parameters()) p.rate = 0;  // nothing changes, BatchNorm's statistics neither
  Trainer trainer(constant, run.loader, &valid, run.options);
  trainer.run([](const Progress&) {}, [](const EpochRecord&) {});
  const auto& history = trainer.history();
  EXPECT_NEAR(history[1].rate / 1e-12, 1, 1e-9);
  EXPECT_NEAR(history[2].rate / 1e-12, 0.5, 1e-9);
  EXPECT_NEAR(history[4].rate / 1e-12, 0.125, 1e-9);
}

TEST(Trainer, ABatchNormWithoutScaleKeepsGammaAtOne) {
  const char* text = "conv3x3(8,s2)-bn(noscale)-relu-add[conv3x3(8)-bn(noscale)|]-relu-gap-fc";
  Model model(build_graph(parse_network(text), {1, 28, 28}, 10), 1, {.zero_gamma = true});
  Loader loader(few_digits(), {}, {.batch = 32, .epochs = 1});
  TrainerOptions options;
  options.epochs = 1;
  Trainer trainer(model, loader, nullptr, options);
  trainer.run([](const Progress&) {}, [](const EpochRecord&) {});
  for (const char* node : {"bn1", "bn2"}) {
    EXPECT_EQ(model.find(node, "weight")->value, std::vector<float>(8, 1.F)) << node;
    EXPECT_NE(model.find(node, "bias")->value, std::vector<float>(8, 0.F)) << node;
  }
}

TEST(Trainer, TheAverageIsWhatIsMeasuredAndKept) {
  TrainingRun plain(""), averaged("");
  averaged.options.average = 0.999;
  plain.go();
  averaged.go();
  // Early on it follows at most (1 + t) / (10 + t): near the weights, and not them.
  double distance = 0, size = 0;
  const auto a = all_values(plain.model), b = all_values(averaged.model);
  for (std::size_t i = 0; i < a.size(); ++i) {
    distance += std::abs(a[i] - b[i]);
    size += std::abs(a[i]);
  }
  EXPECT_GT(distance, 0.001 * size);
  EXPECT_LT(distance, 0.3 * size);
}

}  // namespace
}  // namespace doppel::nn
