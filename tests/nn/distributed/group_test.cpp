// Several that train one model: here as threads, each with a model of its own.
#include "doppel/nn/distributed/group.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmath>
#include <exception>
#include <functional>
#include <thread>

#include "doppel/base/error.h"
#include "doppel/base/random.h"
#include "doppel/dataset/analysis/split.h"
#include "doppel/dataset/open/open_data.h"
#include "doppel/nn/engine/executor.h"
#include "doppel/nn/model/notation.h"
#include "doppel/nn/train/trainer.h"

namespace doppel::nn {
namespace {

/// A port that nobody listens at.
std::string free_port() {
  const int handle = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  bind(handle, reinterpret_cast<const sockaddr*>(&address), size);
  getsockname(handle, reinterpret_cast<sockaddr*>(&address), &size);
  close(handle);
  return std::to_string(ntohs(address.sin_port));
}

/// Calls work(group) in `world` threads that meet at a free port; gives what each ended with, "" where it did
/// well.
std::vector<std::string> together(int world, const std::function<void(Group&)>& work) {
  const std::string port = free_port();
  std::vector<std::string> ends(static_cast<std::size_t>(world));
  std::vector<std::thread> threads;
  for (int rank = 0; rank < world; ++rank)
    threads.emplace_back([&, rank] {
      try {
        Group group({rank, world, "127.0.0.1", port}, std::chrono::seconds(20));
        work(group);
      } catch (const std::exception& error) { ends[static_cast<std::size_t>(rank)] = error.what(); }
    });
  for (std::thread& thread : threads) thread.join();
  return ends;
}

const std::vector<std::string> kAllWell(3);

TEST(Group, SumsAndGathersInTheOrderOfRanks) {
  EXPECT_EQ(together(3,
                     [](Group& group) {
                       const double r = group.rank();
                       std::vector<float> sums{1, static_cast<float>(r), 1e8F * static_cast<float>(r == 2)};
                       group.sum(std::span<float>(sums));
                       EXPECT_EQ(sums, (std::vector<float>{3, 3, 1e8F}));
                       std::vector<double> all(6);
                       group.gather(std::vector<double>{r, 10 * r}, all);
                       EXPECT_EQ(all, (std::vector<double>{0, 0, 1, 10, 2, 20}));
                       group.agree("the word", "same");
                     }),
            kAllWell);
}

TEST(Group, SaysWhoDiffersAndWhoHasGone) {
  for (const std::string& end :
       together(3, [](Group& group) { group.agree("the network", group.rank() == 1 ? "fc" : "conv"); }))
    EXPECT_NE(end.find("the network of process 1 isn't that of process 0"), std::string::npos) << end;
  const auto ends = together(2, [](Group& group) {
    if (group.rank() == 1) return;
    std::vector<double> numbers(3);
    group.sum(std::span<double>(numbers));
  });
  EXPECT_NE(ends[0].find("process 1 of the group has gone"), std::string::npos) << ends[0];
}

TEST(Group, NobodyWaitsForever) {
  const GroupPlace place{1, 2, "127.0.0.1", free_port()};
  EXPECT_THROW(Group(place, std::chrono::seconds(1)), Error);
  const GroupPlace first{0, 2, "127.0.0.1", free_port()};
  EXPECT_THROW(Group(first, std::chrono::seconds(1)), Error);
}

TEST(Group, PlacesAreReadOrRefused) {
  const GroupPlace place = GroupPlace::parse("1/4@[::1]:7000");
  EXPECT_EQ(place.rank, 1);
  EXPECT_EQ(place.world, 4);
  EXPECT_EQ(place.host, "::1");
  EXPECT_EQ(place.port, "7000");
  for (const char* text :
       {"", "0/2", "2/2@a:1", "0/0@a:1", "-1/2@a:1", "0/2@:1", "0/2@a:", "0/2@a", "x/2@a:1"})
    EXPECT_THROW(GroupPlace::parse(text), UsageError) << text;
}

const char* const kNetwork = "conv3x3(8,s2)-bn-relu-conv3x3(16)-bn-relu-gap-fc";

std::vector<float> images(int rows) {
  const Stream stream{.seed = 5};
  std::vector<float> v;
  for (int i = 0; i < rows * 144; ++i)
    v.push_back(static_cast<float>(stream.split("at", static_cast<std::uint64_t>(i)).normal("v")));
  return v;
}

// What BatchNorm sees is the whole batch, also where its parts aren't of one size.
TEST(Group, OneStepIsThatOfTheWholeBatch) {
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

TEST(Group, WhoWouldTrainOtherwiseIsRefused) {
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

TEST(Group, AllTrainTheSameWeights) {
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

}  // namespace
}  // namespace doppel::nn
