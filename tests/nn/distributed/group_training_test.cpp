// Several that train one model: here as threads, each with a model of its own.
#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "doppel/base/random.h"
#include "doppel/dataset/analysis/split.h"
#include "doppel/dataset/open/open_data.h"
#include "doppel/nn/engine/executor.h"
#include "doppel/nn/model/notation.h"
#include "doppel/nn/train/trainer.h"
#include "nn/distributed/together.h"

namespace doppel::nn {
namespace {

const char* const kNetwork = "conv3x3(8,s2)-bn-relu-conv3x3(16)-bn-relu-gap-fc";

std::vector<float> images(int rows) {
  const Stream stream{.seed = 5};
  std::vector<float> v;
  for (int i = 0; i < rows * 144; ++i)
    v.push_back(static_cast<float>(stream.split("at", static_cast<std::uint64_t>(i)).normal("v")));
  return v;
}

// What BatchNorm sees is the whole batch, also where its parts aren't of one size.
TEST(GroupTraining, OneStepIsThatOfTheWholeBatch) {
  constexpr int kRows = 20;
  const std::vector<float> all = images(kRows);
  std::vector<int> labels;
  for (int i = 0; i < kRows; ++i) labels.push_back(i * 7 % 5);
  Model alone(build_graph(parse_network(kNetwork), {1, 12, 12}, 5), 1);
  Executor executor(alone, {.batch = kRows, .shards = 2});
  const LossSums expected = executor.train(all, labels, CrossEntropy{.smoothing = 0.1}, 0);
  const std::array<int, 4> first{0, 9, 13, kRows};
  EXPECT_EQ(together(3,
                     [&](Group& group) {
                       const int from = first[static_cast<std::size_t>(group.rank())],
                                 rows = first[static_cast<std::size_t>(group.rank()) + 1] - from;
                       Model model(build_graph(parse_network(kNetwork), {1, 12, 12}, 5), 1);
                       ExecutorOptions options{.batch = kRows, .shards = 2};
                       options.group = &group;
                       Executor part(model, options);
                       const auto at = static_cast<std::size_t>(from), n = static_cast<std::size_t>(rows);
                       const LossSums sums =
                           part.train(std::span(all).subspan(at * 144, n * 144),
                                      std::span(labels).subspan(at, n), CrossEntropy{.smoothing = 0.1}, 0);
                       EXPECT_NEAR(sums.loss, expected.loss, 1e-4);
                       EXPECT_EQ(sums.rows, kRows);
                       EXPECT_EQ(sums.correct, expected.correct);
                       for (std::size_t p = 0; p < model.parameters().size(); ++p) {
                         const Parameter &mine = model.parameters()[p], &other = alone.parameters()[p];
                         for (std::size_t i = 0; i < mine.value.size(); ++i)
                           ASSERT_NEAR(mine.value[i], other.value[i], 1e-6) << mine.name;  // statistics, too
                         for (std::size_t i = 0; i < mine.grad.size(); ++i)
                           ASSERT_NEAR(mine.grad[i], other.grad[i], 1e-5) << mine.name;
                       }
                     }),
            kAllWell);
}

TEST(GroupTraining, WhoWouldTrainOtherwiseIsRefused) {
  for (const std::string& end : together(2, [](Group& group) {
         const auto digits = dataset::per_class(dataset::open_data("sample:digits").train, 5, 1);
         Model model(build_graph(parse_network("fc"), {1, 28, 28}, 10), 1);
         dataset::LoaderOptions loading{.batch = 10};
         loading.rank = group.rank();
         loading.world = group.world();
         dataset::Loader loader(digits, {}, loading);
         TrainerOptions options;
         options.group = &group;
         options.optimizer = AdamW{.weight_decay = 0.01 * group.rank()};
         Trainer(model, loader, nullptr, options).run([](const Progress&) {}, [](const EpochRecord&) {});
       }))
    EXPECT_NE(end.find("weight_decay of process 1 isn't that of process 0 (0.01, not 0)"), std::string::npos)
        << end;
}

TEST(GroupTraining, AllTrainTheSameWeights) {
  std::array<std::vector<float>, 3> weights;
  std::array<double, 3> accuracy{};
  EXPECT_EQ(together(3,
                     [&](Group& group) {
                       const auto rank = static_cast<std::size_t>(group.rank());
                       const auto digits =
                           dataset::per_class(dataset::open_data("sample:digits").train, 20, 1);
                       Model model(build_graph(parse_network(kNetwork), {1, 28, 28}, 10), 1);
                       dataset::LoaderOptions loading{.batch = 32, .seed = 3, .epochs = 2};
                       loading.last = dataset::LoaderOptions::LastBatch::Drop;
                       loading.rank = group.rank();
                       loading.world = group.world();
                       dataset::Loader loader(digits, {}, loading);
                       TrainerOptions options;
                       options.epochs = 2;
                       options.group = &group;
                       Trainer trainer(model, loader, nullptr, options);
                       EXPECT_TRUE(trainer.run([](const Progress&) {}, [](const EpochRecord&) {}));
                       for (const Parameter& p : model.parameters())
                         weights[rank].insert(weights[rank].end(), p.value.begin(), p.value.end());
                       accuracy[rank] = trainer.history().back().accuracy;
                     }),
            kAllWell);
  EXPECT_EQ(weights[0], weights[1]);
  EXPECT_EQ(weights[0], weights[2]);
  EXPECT_EQ(accuracy[0], accuracy[1]);
}

/// The weights after two epochs of a batch of 8 shards, among so many processes, and the loss.
std::vector<float> trained_by(int world, Precision precision) {
  std::vector<float> weights;
  const auto train = [&](Group* group) {
    const auto digits = dataset::per_class(dataset::open_data("sample:digits").train, 20, 1);
    Model model(
        build_graph(parse_network(
                        "conv3x3(16,s2)-bn-relu-conv3x3(16)-groupnorm(4)-prelu-dropout(0.3)-fc(65)-relu-fc"),
                    {1, 28, 28}, 10),
        1);
    dataset::LoaderOptions loading{.batch = 32, .seed = 3, .epochs = 2};
    loading.last = dataset::LoaderOptions::LastBatch::Drop;
    loading.rank = group ? group->rank() : 0;
    loading.world = world;
    dataset::Loader loader(digits, {}, loading);
    TrainerOptions options;
    options.epochs = 2;
    options.precision = precision;
    options.shards = 8;
    options.threads = 1;
    options.clip_norm = 1;
    options.group = group;
    Trainer trainer(model, loader, nullptr, options);
    trainer.run([](const Progress&) {}, [](const EpochRecord&) {});
    if (group && group->rank() > 0) return;
    for (const Parameter& p : model.parameters())
      weights.insert(weights.end(), p.value.begin(), p.value.end());
    weights.push_back(static_cast<float>(trainer.history().back().loss));
  };
  if (world == 1) {
    train(nullptr);
  } else {
    EXPECT_EQ(together(world, [&](Group& group) { train(&group); }),
              std::vector<std::string>(static_cast<std::size_t>(world)));
  }
  return weights;
}

TEST(GroupTraining, WeightsDependOnShardsAndNotOnProcesses) {
  const std::vector<float> alone = trained_by(1, Precision::F32);
  for (const int world : {2, 4, 8}) EXPECT_TRUE(trained_by(world, Precision::F32) == alone) << world;
}

TEST(GroupTraining, WeightsOfBf16DependOnShardsAndNotOnProcesses) {
  if (!has_bf16()) GTEST_SKIP() << "no bfloat16 here";
  EXPECT_TRUE(trained_by(4, Precision::BF16) == trained_by(1, Precision::BF16));
}

}  // namespace
}  // namespace doppel::nn
