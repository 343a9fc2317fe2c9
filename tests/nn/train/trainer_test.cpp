#include "doppel/nn/train/trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cmath>
#include <csignal>
#include <fstream>
#include <limits>

#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/dataset/analysis/split.h"
#include "doppel/dataset/open/open_data.h"
#include "doppel/nn/formats/safetensors.h"
#include "doppel/nn/model/notation.h"
#include "error_of.h"

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

TEST(Trainer, AFullDiskLeavesTheLastCheckpointWhole) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "c";
  TrainingRun first(path);
  first.go(3);
  const auto before = read_file(path);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit old{};
  getrlimit(RLIMIT_FSIZE, &old);
  const rlimit limit{2000, old.rlim_max};
  setrlimit(RLIMIT_FSIZE, &limit);
  TrainingRun second(path);
  EXPECT_THROW(second.go(2), Error);
  setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(read_file(path), before);
  TrainingRun third(path);
  EXPECT_TRUE(third.go(0, true));
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

TEST(Evaluate, ALabelOutsideTheClassesIsNamed) {
  Model model(build_graph(parse_network("fc"), {1, 28, 28}, 5), 1);
  Loader loader(few_digits(), {}, {.batch = 64});
  EXPECT_THROW(evaluate(model, loader), Error);
}

TEST(Optimizer, FirstStepsByHand) {
  Model model(build_graph(parse_network("fc"), {1, 1, 1}, 1), 1);
  Executor executor(model, {.batch = 1});
  Parameter& w = *model.find("fc1", "weight");
  w.value = {2};
  w.grad = {0.5};
  Optimizer sgd(model, Sgd{.momentum = 0.9, .weight_decay = 0.1});
  sgd.step(model, executor, 0.1);  // v = .5 + .1·2 = .7; w = 2 - .07
  EXPECT_NEAR(w.value[0], 1.93, 1e-6);
  sgd.step(model, executor, 0.1);  // v = .63 + .5 + .193 = 1.323
  EXPECT_NEAR(w.value[0], 1.93 - 0.1323, 1e-6);
  w.value = {2};
  Optimizer adam(model, AdamW{.weight_decay = 0.1});
  adam.step(model, executor, 0.01);  // the first step of Adam is the rate itself; decay .01·.1·2
  EXPECT_NEAR(w.value[0], 2 - 0.01 - 0.002, 1e-6);
  w.value = {2};
  Optimizer nesterov(model, Nesterov{.weight_decay = 0.1});
  nesterov.step(model, executor, 0.1);  // g = .7, v = .7; w = 2 - .1·(.7 + .9·.7)
  EXPECT_NEAR(w.value[0], 2 - 0.133, 1e-6);
  w.value = {2};
  Optimizer coupled(model, Adam{.weight_decay = 0.1});
  coupled.step(model, executor, 0.01);  // decay is in the gradient, whose size the first step doesn't show
  EXPECT_NEAR(w.value[0], 2 - 0.01, 1e-6);
  w.value = {2};
  Optimizer rms(model, RmsProp{.momentum = 0.5, .weight_decay = 0});
  rms.step(model, executor, 0.01);  // v = .01·.25, m = .5/.05 = 10
  EXPECT_NEAR(w.value[0], 2 - 0.1, 1e-5);
  rms.step(model, executor, 0.01);  // v = .99·.0025 + .0025 = .004975; m = 5 + .5/.070534
  EXPECT_NEAR(w.value[0], 1.9 - 0.01 * (5 + 0.5 / std::sqrt(0.004975)), 1e-5);
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

TEST(Optimizer, LongGradientsAreScaledDownTogether) {
  Model model(build_graph(parse_network("fc(2)"), {1, 1, 1}), 1);
  Executor executor(model, {.batch = 1});
  Parameter &w = *model.find("fc1", "weight"), &b = *model.find("fc1", "bias");
  const auto step = [&](double most) {
    w.value = {0, 0};
    b.value = {0, 0};
    w.grad = {3, 0};
    b.grad = {0, 4};  // together 5 long
    Optimizer(model, Sgd{.weight_decay = 0}, most).step(model, executor, 1);
  };
  step(1);
  EXPECT_NEAR(w.value[0], -0.6, 1e-6);
  EXPECT_NEAR(b.value[1], -0.8, 1e-6);
  step(6);
  EXPECT_NEAR(w.value[0], -3, 1e-6);
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

TEST(Schedule, CosineWarmsUpAndEndsAtZero) {
  const Schedule s{Cosine{}, 1, 10, 110};
  EXPECT_NEAR(s(0), 0.1, 1e-12);
  EXPECT_NEAR(s(9), 1, 1e-12);
  EXPECT_NEAR(s(60), 0.5, 1e-12);
  EXPECT_NEAR(s(110), 0, 1e-12);
}

TEST(Schedule, OthersFollowTheirShapes) {
  const Schedule constant{Constant{}, 2, 4, 100};
  EXPECT_NEAR(constant(1), 1, 1e-12);
  EXPECT_NEAR(constant(77), 2, 1e-12);
  const Schedule steps{Steps{.epochs = 1, .factor = 0.1}, 1, 0, 100, 30};
  EXPECT_NEAR(steps(29), 1, 1e-12);
  EXPECT_NEAR(steps(30), 0.1, 1e-12);
  EXPECT_NEAR(steps(61), 0.01, 1e-12);
  const Schedule cycle{OneCycle{}, 1, 0, 101};
  EXPECT_NEAR(cycle(0), 0.04, 1e-12);
  EXPECT_NEAR(cycle(30), 1, 1e-12);
  EXPECT_NEAR(cycle(65), 0.5, 1e-5);
  EXPECT_NEAR(cycle(100), 4e-6, 1e-12);
}

TEST(Safetensors, RoundTripAndPublishedLayout) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "t";
  save_tensors(path, {{{"a", {{2, 1}, {1.5F, -2.F}}}, {"b.c", {{}, {3.F}}}}, {{"k", "v"}}});
  const TensorFile file = load_tensors(path);
  EXPECT_EQ(file.tensors.at("a").value, (std::vector<float>{1.5F, -2.F}));
  EXPECT_EQ(file.tensors.at("a").shape, (std::vector<std::int64_t>{2, 1}));
  EXPECT_EQ(file.metadata.at("k"), "v");
  // By the format's own description: little-endian length, JSON that starts with '{', data aligned to 8.
  const auto bytes = read_file(path);
  EXPECT_EQ(bytes[8], '{');
  EXPECT_EQ((bytes[0] + 256 * bytes[1]) % 8, 0);
  EXPECT_EQ(bytes.size(), 8U + bytes[0] + 256U * bytes[1] + 12);
}

TEST(Safetensors, LyingFilesAreRefused) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "t";
  const auto write = [&](const std::string& header, std::size_t data, std::uint64_t length) {
    std::string text(reinterpret_cast<const char*>(&length), 8);
    write_file(path, text + header + std::string(data, '\0'));
    EXPECT_THROW(load_tensors(path), Error) << header;
  };
  const std::string good = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
  write(good, 8, 1 << 30);
  write(good, 7, good.size());
  write(good, 9, good.size());
  const std::string overlap =
      R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})";
  write(overlap, 8, overlap.size());
  const std::string type = R"({"a":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}})";
  write(type, 8, type.size());
  const std::string huge = R"({"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}})";
  write(huge, 8, huge.size());
  write("not json", 0, 8);
  write_file(path, std::string_view("abc"));
  EXPECT_THROW(load_tensors(path), Error);
}

}  // namespace
}  // namespace doppel::nn
