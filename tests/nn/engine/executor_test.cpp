// Gradients: the double-precision reference against central differences, the engine against the reference;
// and results that don't depend on threads, nor, for BatchNorm, on shards.
#include "doppel/nn/engine/executor.h"

#include <gtest/gtest.h>
#include <sys/time.h>

#include <atomic>
#include <cmath>
#include <csignal>

#include "doppel/base/error.h"
#include "doppel/base/hash.h"
#include "doppel/base/random.h"
#include "doppel/nn/model/notation.h"
#include "doppel/nn/train/metrics.h"
#include "doppel/nn/train/optimizer.h"
#include "nn/reference.h"

namespace doppel::nn {
namespace {

Reference::Numbers random_numbers(std::size_t n, std::uint64_t seed) {
  Reference::Numbers v(n);
  const Stream s{.seed = seed};
  for (std::size_t i = 0; i < n; ++i) v[i] = s.split("at", i).normal("v");
  return v;
}

/// Every parameter away from its special start.
Model disturbed(const Graph& graph, std::uint64_t seed) {
  Model model(graph, seed);
  for (Parameter& p : model.parameters()) {
    const auto noise = random_numbers(p.value.size(), fnv1a(p.name));
    if (p.kind == Parameter::Kind::Vector)
      for (std::size_t i = 0; i < noise.size(); ++i) p.value[i] += static_cast<float>(0.3 * noise[i]);
  }
  return model;
}

void check_reference(const std::string& text, Shape input) {
  SCOPED_TRACE(text);
  const Graph graph = build_graph(parse_network(text), input);
  Reference reference(disturbed(graph, 3));
  const int rows = 3;
  auto x = random_numbers(std::size_t(rows) * std::size_t(input.count()), 5);
  const auto weights = random_numbers(std::size_t(rows) * std::size_t(graph.output().count()), 6);
  reference.forward(x, {}, weights);
  const auto grads = reference.backward();
  const double h = 1e-5;
  const auto check = [&](double& value, double grad, const std::string& what) {
    const double before = value;
    value = before + h;
    const double up = reference.forward(x, {}, weights);
    value = before - h;
    const double down = reference.forward(x, {}, weights);
    value = before;
    EXPECT_NEAR((up - down) / (2 * h), grad, 1e-6 * std::max(1.0, std::abs(grad))) << what;
  };
  for (auto& [name, values] : reference.parameters) {
    if (name.find("running") != std::string::npos) continue;
    for (std::size_t i = 0; i < values.size(); i += std::max<std::size_t>(1, values.size() / 7))
      check(values[i], grads.at(name)[i], name);
  }
  for (std::size_t i = 0; i < x.size(); i += std::max<std::size_t>(1, x.size() / 13))
    check(x[i], grads.at("input")[i], "input");
}

TEST(Gradients, OfEveryLayerMatchCentralDifferences) {
  for (const char* text : {"conv3x3(4)",
                           "conv5x5(3,s2)",
                           "conv1x3(2,valid)",
                           "conv3x3(4,s2,p1)",
                           "conv3x3(6,g3)",
                           "conv3x3(3,d2)",
                           "deconv4x4(5)",
                           "deconv3x2(4,s3,p1)",
                           "deconv2x2(3,s2)-bn",
                           "resize(2)",
                           "resize(3,bilinear)",
                           "adaptpool3x5",
                           "fc(24)-picture2x3-conv1x1(2)",
                           "prelu",
                           "fc(6)-prelu",
                           "conv3x3(3,s2,p1x0x0x2)",
                           "conv3x3(3,d2)",
                           "conv3x3(6,s2,p2,d2,g3,bias)",
                           "maxpool2x2",
                           "maxpool3x3(s2,p1)",
                           "avgpool2x2",
                           "avgpool3x3(s2,p1)",
                           "gap",
                           "bn",
                           "fc(5)",
                           "relu",
                           "lrelu(0.2)",
                           "silu",
                           "relu6",
                           "hardswish",
                           "gelu",
                           "sigmoid",
                           "tanh",
                           "fc(6)-softmax",
                           "flatten",
                           "add[conv3x3(3)|]"})
    check_reference(text, {3, 7, 8});
  check_reference("cat[conv3x3(4)-tanh||avgpool3x3(s1,p1)]-add[conv1x1(8)-silu|cat[conv3x3(5)|conv1x1(3)]|]",
                  {2, 6, 5});
  check_reference("conv3x3(4)-bn-relu-pool-conv3x3(5)-tanh-gap-fc(4)", {2, 9, 9});
}

/// Largest error relative to the largest value; what is 0 but for rounding (a bias before BatchNorm) stays
/// small.
double relative(std::span<const float> got, const Reference::Numbers& want) {
  double error = 0, size = 1e-3;
  for (std::size_t i = 0; i < want.size(); ++i) {
    error = std::max(error, std::abs(static_cast<double>(got[i]) - want[i]));
    size = std::max(size, std::abs(want[i]));
  }
  return error / size;
}

void check_engine(const std::string& text, Shape input, int rows, int shards) {
  SCOPED_TRACE(text + " " + input.text() + " rows " + std::to_string(rows) + " shards " +
               std::to_string(shards));
  const int classes = 5;
  Model model = disturbed(build_graph(parse_network(text), input, classes), 3);
  Reference reference(model);
  const auto x = random_numbers(std::size_t(rows) * std::size_t(input.count()), 5);
  std::vector<float> images(x.begin(), x.end());
  std::vector<int> labels;
  for (int r = 0; r < rows; ++r) labels.push_back(r % classes);
  const double loss = reference.forward(Reference::Numbers(images.begin(), images.end()), labels);
  const auto grads = reference.backward();
  Executor executor(model, {.batch = rows + 3, .shards = shards});
  const LossSums sums = executor.train(images, labels, CrossEntropy{.smoothing = 0}, 0);
  EXPECT_NEAR(sums.loss / rows, loss, 1e-4 * std::max(1.0, loss));
  for (const Parameter& p : model.parameters()) {
    if (p.kind == Parameter::Kind::Statistic) continue;
    EXPECT_LT(relative(p.grad, grads.at(p.name)), 2e-4) << p.name;
  }
}

TEST(Engine, GradientsMatchTheReference) {
  for (const int rows : {1, 7})
    for (const int shards : {1, 3}) {
      check_engine("conv3x3(8)-relu-pool-conv3x3(16)-relu-gap-fc", {3, 12, 12}, rows, shards);
      check_engine("conv5x5(6)-relu-pool-conv5x5(16,valid)-relu-pool-fc(20)-relu-fc", {1, 28, 28}, rows,
                   shards);
      check_engine("conv3x3(10,s2)-lrelu(0.1)-conv3x3(17)-tanh-avgpool-fc(9)-sigmoid-fc", {4, 9, 11}, rows,
                   shards);
      check_engine("fc(12)-tanh-fc", {2, 5, 5}, rows, shards);
      check_engine("conv1x7(24)-maxpool3x3(s2,p1)-conv7x1(8)-relu-flatten-fc", {3, 14, 33}, rows, shards);
      check_engine("conv3x3(8)-sigmoid-maxpool2x2-conv3x3(8)-lrelu(0.2)-pool-fc", {1, 11, 13}, rows, shards);
    }
  for (const int shards : {1, 2}) {
    // Residual blocks, with and without a shortcut of their own, and one that begins at the picture.
    check_engine(
        "conv3x3(16)-bn-relu-add[conv3x3(16)-bn-relu-conv3x3(16)-bn|]-relu-add[conv3x3(32,s2)-bn-relu-"
        "conv3x3(32)-bn|conv1x1(32,s2)-bn]-relu-gap-fc",
        {3, 12, 12}, 8, shards);
    check_engine("add[conv3x3(3)-tanh|]-relu-fc", {3, 6, 7}, 5, shards);
    // Rectified sums of two and of three values, that one, two and three layers read; in blocks and in
    // planes.
    check_engine(
        "conv3x3(16)-add[conv3x3(16)-tanh|conv1x1(16)|]-relu-add[conv3x3(16)-bn|]-lrelu(0.2)-"
        "add[conv1x1(16)||conv3x3(16)]-relu-cat[|conv1x1(8)-tanh]-gap-fc",
        {3, 7, 8}, 6, shards);
    check_engine("add[conv3x3(3)|]-relu-add[conv3x3(3)|]-lrelu(0.1)-add[fc(126)-tanh-picture6x7|]-relu-fc",
                 {3, 6, 7}, 5, shards);
    // Inception's block, with channels that fill no group of 8 or 16, and a value that three layers read.
    check_engine(
        "cat[conv1x1(16)-relu|conv1x1(8)-relu-conv3x3(16)-relu|maxpool3x3(s1,p1)-conv1x1(16)-relu]-cat["
        "conv3x3(5)|conv1x1(7)-lrelu(0.1)|]-add[conv1x1(60)|]-silu-gap-fc",
        {3, 9, 9}, 6, shards);
    check_engine("conv3x3(8,bias)-bn(eps=0.01)-relu-maxpool3x3(s2,ceil)-avgpool3x3(s1,p1,padded)-fc",
                 {2, 9, 10}, 6, shards);
    // Generators' layers.
    check_engine("fc(48)-picture1x3-conv1x3(8)-relu-fc(96)-picture2x3-bn-relu-conv3x3(16)-fc", {2, 4, 4}, 6,
                 shards);
    check_engine("conv3x3(8,s2)-bn-relu-deconv4x4(12)-bn-relu-deconv4x4(3)-tanh-fc", {3, 8, 8}, 6, shards);
    check_engine("conv3x3(16)-resize(2)-conv3x3(8)-relu-deconv3x3(7,s2,p1)-lrelu(0.2)-fc", {2, 5, 6}, 5,
                 shards);
    // Depthwise, grouped and dilated.
    check_engine(
        "conv3x3(16)-relu-conv3x3(16,g16)-bn-relu-conv1x1(24)-conv3x3(24,s2,p1,g24)-relu-conv3x3(12,g2)-gap-"
        "fc",
        {3, 12, 12}, 6, shards);
    check_engine("conv3x3(10,d2)-relu-conv3x3(20,d3,g5)-conv3x3(8,valid,d2)-fc", {2, 12, 11}, 5, shards);
    check_engine(
        "conv3x3(12,p0x2x1x0)-prelu-resize(2,bilinear)-conv3x3(16,s2)-prelu-adaptpool3x2-fc(7)-prelu-fc",
        {2, 7, 9}, 5, shards);
    check_engine("conv3x3(12)-relu6-conv3x3(8)-hardswish-fc(9)-relu6-fc(8)-hardswish-fc", {2, 7, 7}, 5,
                 shards);
    check_engine("conv3x3(12)-gelu-conv3x3(8)-silu-fc(9)-gelu-fc", {2, 7, 7}, 5, shards);
    check_engine("fc(6)-add[fc(6)-tanh|]-cat[fc(4)|fc(3)-relu]-fc", {2, 4, 4}, 7, shards);
  }
  for (const int shards : {1, 2, 4}) {
    check_engine("conv3x3(8)-bn-relu-pool-conv3x3(12)-bn-lrelu(0.1)-conv3x3(8)-bn-gap-fc", {1, 12, 12}, 9,
                 shards);
    check_engine("bn-conv3x3(16)-bn-tanh-fc", {3, 7, 7}, 6, shards);
  }
}

TEST(Engine, BatchNormOverFourShardsIsBatchNormOverTheWholeBatch) {
  const Graph graph =
      build_graph(parse_network("conv3x3(16)-bn-relu-conv3x3(8)-bn-relu-gap-fc"), {3, 16, 16}, 4);
  const auto x = random_numbers(64 * 3 * 16 * 16, 9);
  const std::vector<float> images(x.begin(), x.end());
  std::vector<int> labels(64);
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<int>(i % 4);
  Model one(graph, 1), four(graph, 1);
  Executor(one, {.batch = 64, .shards = 1}).train(images, labels, CrossEntropy{.smoothing = 0.1}, 0);
  Executor(four, {.batch = 64, .shards = 4}).train(images, labels, CrossEntropy{.smoothing = 0.1}, 0);
  for (std::size_t p = 0; p < one.parameters().size(); ++p) {
    const Parameter &a = one.parameters()[p], &b = four.parameters()[p];
    const auto& values_a = a.kind == Parameter::Kind::Statistic ? a.value : a.grad;
    const auto& values_b = b.kind == Parameter::Kind::Statistic ? b.value : b.grad;
    EXPECT_LT(relative(values_b, Reference::Numbers(values_a.begin(), values_a.end())), 1e-5) << a.name;
  }
}

TEST(Engine, RunningVariancesFollowPyTorchOrKeras) {
  for (const bool biased : {false, true}) {
    const Graph graph =
        build_graph(parse_network(biased ? "bn(momentum=1,biased)-fc" : "bn(momentum=1)-fc"), {1, 1, 2}, 2);
    Model model(graph, 1);
    Executor(model, {.batch = 2, .shards = 2})
        .train(std::vector<float>{1, 2, 3, 6}, std::vector{0, 1}, CrossEntropy{.smoothing = 0}, 0);
    // 1, 2, 3, 6: mean 3, squared deviations 14.
    EXPECT_NEAR(model.find("bn1", "running_mean")->value[0], 3, 1e-6);
    EXPECT_NEAR(model.find("bn1", "running_var")->value[0], 14.0 / (biased ? 4 : 3), 1e-5);
  }
}

TEST(Engine, ThreadsDoNotChangeABit) {
  const Graph graph = build_graph(
      parse_network("conv3x3(16)-bn-relu-pool-conv3x3(24)-relu-dropout(0.3)-fc(30)-relu-fc"), {1, 14, 14}, 4);
  std::vector<std::vector<float>> finals;
  for (const int threads : {1, 2, 4}) {
    Model model(graph, 2);
    Executor executor(model, {.batch = 32, .shards = 4, .threads = threads, .seed = 7});
    Optimizer optimizer(model, {});
    for (std::uint64_t step = 0; step < 5; ++step) {
      const auto x = random_numbers(30 * 14 * 14, step);
      std::vector<int> labels(30);
      for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<int>((i + step) % 4);
      executor.train(std::vector<float>(x.begin(), x.end()), labels, CrossEntropy{.smoothing = 0.1}, step);
      optimizer.step(model, executor, 0.01);
    }
    finals.emplace_back();
    for (const Parameter& p : model.parameters())
      finals.back().insert(finals.back().end(), p.value.begin(), p.value.end());
  }
  EXPECT_EQ(finals[0], finals[1]);
  EXPECT_EQ(finals[0], finals[2]);
}

TEST(Engine, GradientsOfPicturesMatchTheReference) {
  // The generator's way: a picture comes out, and what it means for what went in is asked.
  for (const char* text :
       {"deconv4x4(24,valid)-bn-relu-deconv4x4(3)-tanh", "conv3x3(16,s2)-lrelu(0.2)-gap-fc(4)"})
    for (const int shards : {1, 2}) {
      SCOPED_TRACE(text);
      const Graph graph = build_graph(parse_network(text), {6, 4, 4});
      Model model = disturbed(graph, 3);
      Reference reference(model);
      const int rows = 5;
      const auto x = random_numbers(std::size_t(rows) * 96, 5);
      const std::vector<float> images(x.begin(), x.end());
      const auto weights = random_numbers(std::size_t(rows) * std::size_t(graph.output().count()), 6);
      reference.forward(Reference::Numbers(images.begin(), images.end()), {}, weights);
      const auto grads = reference.backward();
      Executor executor(model, {.batch = rows + 1, .shards = shards, .input_gradient = true});
      EXPECT_EQ(executor.forward(images, rows, 0).size(), weights.size());
      const auto input = executor.backward(std::vector<float>(weights.begin(), weights.end()));
      EXPECT_LT(relative(input, grads.at("input")), 2e-4);
      for (const Parameter& p : model.parameters())
        if (p.kind != Parameter::Kind::Statistic) {
          EXPECT_LT(relative(p.grad, grads.at(p.name)), 2e-4) << p.name;
        }
    }
}

TEST(Engine, InferenceUsesRunningStatisticsAndNoDropout) {
  const Graph graph = build_graph(parse_network("conv3x3(8)-bn-relu-dropout(0.5)-fc"), {1, 6, 6}, 3);
  Model model = disturbed(graph, 4);
  const auto x = random_numbers(4 * 36, 1);
  const std::vector<float> images(x.begin(), x.end());
  Executor executor(model, {.batch = 8, .shards = 2, .mode = ExecutorOptions::Mode::Inference});
  const auto first = executor.predict(images, 4);
  const std::vector<float> all(first.begin(), first.end());
  // A row's result doesn't depend on the rows beside it.
  for (std::size_t r = 0; r < 4; ++r) {
    const auto one = executor.predict(std::span(images).subspan(r * 36, 36), 1);
    for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(one[c], all[r * 3 + c], 1e-5);
  }
}

TEST(Engine, DropoutKeepsTheMeanAndItsShare) {
  Model model(build_graph(parse_network("dropout(0.4)-fc"), {1, 50, 50}, 2), 1);
  // With all weights 1, a logit is the sum of what was kept.
  std::ranges::fill(model.find("fc1", "weight")->value, 1.F);
  Executor executor(model, {.batch = 16, .shards = 2, .seed = 3});
  const std::vector<float> images(16 * 2500, 1.F);
  executor.train(images, std::vector<int>(16, 0), CrossEntropy{.smoothing = 0}, 0);
  double kept = 0;
  // The weight gradient of class 1 is 1/2 · the mean of the kept inputs.
  const auto& grad = model.find("fc1", "weight")->grad;
  for (std::size_t i = 0; i < 2500; ++i) kept += static_cast<double>(grad[2500 + i]) / 0.5 / 2500;
  EXPECT_NEAR(kept, 1, 0.02);
}

TEST(Engine, Dropout2dDropsWholeChannels) {
  Model model(build_graph(parse_network("dropout2d(0.5)-fc"), {40, 3, 3}, 2), 1);
  std::ranges::fill(model.find("fc1", "weight")->value, 1.F);
  Executor executor(model, {.batch = 1, .shards = 1, .seed = 3});
  executor.train(std::vector<float>(360, 1.F), std::vector{0}, CrossEntropy{.smoothing = 0}, 0);
  // The weight gradient of class 1 is 1/2 · what was kept.
  const auto& grad = model.find("fc1", "weight")->grad;
  int kept = 0;
  for (std::size_t c = 0; c < 40; ++c) {
    for (std::size_t i = 1; i < 9; ++i) ASSERT_EQ(grad[360 + c * 9 + i], grad[360 + c * 9]);
    kept += grad[360 + c * 9] != 0;
  }
  EXPECT_GT(kept, 8);
  EXPECT_LT(kept, 32);
}

TEST(Engine, WrongUseIsSaid) {
  Model model(build_graph(parse_network("fc"), {1, 4, 4}, 3), 1);
  Executor executor(model, {.batch = 2});
  const std::vector<float> images(32);
  try {
    executor.train(images, std::vector{0, 3}, CrossEntropy{.smoothing = 0}, 0);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "label 3 is outside the network's 3 classes (0 to 2)");
  }
  EXPECT_THROW(executor.train(images, std::vector{0, -1}, CrossEntropy{.smoothing = 0}, 0), Error);
  EXPECT_THROW(executor.train(images, std::vector{0}, CrossEntropy{.smoothing = 0}, 0), UsageError);
  EXPECT_THROW(executor.predict(images, 2), UsageError);
}

TEST(Softmax, SumsToOneAtExtremeLogits) {
  const std::vector<float> logits{1e4F, -1e4F, 9999.F};
  const auto p = softmax(logits);
  EXPECT_NEAR(p[0] + p[1] + p[2], 1, 1e-12);
  EXPECT_NEAR(p[0], 1 / (1 + std::exp(-1.0)), 1e-9);
}

TEST(Confusion, CountsByHand) {
  Confusion confusion(2);
  for (const auto& [label, logit] : {std::pair{0, 2.F}, {0, -1.F}, {1, -3.F}, {1, -2.F}})
    confusion.add(label, std::vector{logit, 0.F});
  EXPECT_EQ(confusion.accuracy(), 0.75);
  EXPECT_EQ(confusion.recall(0), 0.5);
  EXPECT_NEAR(confusion.precision(1), 2.0 / 3, 1e-12);
  EXPECT_EQ(confusion.at(0, 1), 1);
}

TEST(Executor, HeadsAtTheSideAddTheirLoss) {
  // The same layers once as two networks, and once as one whose head at the side counts 0.3 times.
  const auto graph = [](const char* text) { return build_graph(parse_network(text), {2, 8, 8}, 3); };
  Model whole(graph("conv3x3(4)-relu-side(0.3)[conv3x3(5)-gap-fc]-conv3x3(8)-bn-relu-gap-fc"), 1),
      trunk(graph("conv3x3(4)-relu-conv3x3(8)-bn-relu-gap-fc"), 2),
      aside(graph("conv3x3(4)-relu-conv3x3(5)-gap-fc"), 3);
  const auto share = [&](Model& to, const char* ours, const char* theirs) {
    for (const char* which : {"weight", "bias", "running_mean", "running_var"})
      if (Parameter* p = to.find(theirs, which)) p->value = whole.find(ours, which)->value;
  };
  share(trunk, "conv1", "conv1"), share(trunk, "conv3", "conv2"), share(trunk, "bn1", "bn1");
  share(trunk, "fc2", "fc1"), share(aside, "conv1", "conv1"), share(aside, "conv2", "conv2");
  share(aside, "fc1", "fc1");
  std::vector<float> images(6 * 2 * 64);
  for (std::size_t i = 0; i < images.size(); ++i)
    images[i] = static_cast<float>(Stream{.seed = 1}.split("at", i).normal("v"));
  const std::vector<int> labels{0, 1, 2, 0, 1, 2};
  const auto trained = [&](Model& model) {
    Executor executor(model, {.batch = 6, .shards = 2});
    return executor.train(images, labels, CrossEntropy{.smoothing = 0}, 0).loss;
  };
  const double loss = trained(whole);
  EXPECT_NEAR(loss, trained(trunk), 1e-5);
  trained(aside);
  const auto expect_gradient = [&](const char* node, auto expected) {
    const auto& got = whole.find(node, "weight")->grad;
    for (std::size_t i = 0; i < got.size(); ++i) ASSERT_NEAR(got[i], expected(i), 1e-5) << node;
  };
  const auto of = [](Model& model, const char* node, std::size_t i) {
    return model.find(node, "weight")->grad[i];
  };
  expect_gradient("conv1",
                  [&](std::size_t i) { return of(trunk, "conv1", i) + 0.3F * of(aside, "conv1", i); });
  expect_gradient("conv3", [&](std::size_t i) { return of(trunk, "conv2", i); });
  expect_gradient("conv2", [&](std::size_t i) { return 0.3F * of(aside, "conv2", i); });
  expect_gradient("fc1", [&](std::size_t i) { return 0.3F * of(aside, "fc1", i); });
  // Inference leaves it out.
  const auto logits = [&](Model& model) {
    Executor executor(model, {.batch = 6, .shards = 2, .mode = ExecutorOptions::Mode::Inference});
    const auto out = executor.predict(images, 6);
    return std::vector(out.begin(), out.end());
  };
  const auto with = logits(whole), without = logits(trunk);
  for (std::size_t i = 0; i < with.size(); ++i) EXPECT_NEAR(with[i], without[i], 1e-5);
}

/// A signal every half millisecond, which nobody minds.
class Alarms {
 public:
  Alarms() {
    struct sigaction action{};
    action.sa_handler = [](int) { ++count; };
    sigaction(SIGALRM, &action, &before_);
    const itimerval often{{0, 500}, {0, 500}};
    setitimer(ITIMER_REAL, &often, nullptr);
  }
  ~Alarms() {
    const itimerval never{};
    setitimer(ITIMER_REAL, &never, nullptr);
    sigaction(SIGALRM, &before_, nullptr);
  }
  Alarms(const Alarms&) = delete;
  Alarms& operator=(const Alarms&) = delete;
  static inline std::atomic<int> count = 0;  // of any thread

 private:
  struct sigaction before_{};
};

TEST(Executor, SignalsLeaveItsMemoryAlone) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "the thread sanitizer holds signals back itself";
#endif
  // A kernel of oneDNN's that computes products of floats keeps its numbers where a signal's frame would be
  // put.
  Model model(build_graph(parse_network("fc(128)-relu-fc"), {1, 56, 56}, 10), 1);
  Executor executor(model, {.batch = 32, .shards = 2});
  const std::vector<float> images(32 * 3136, 0.5F);
  const std::vector<int> labels(32, 1);
  const double loss = executor.train(images, labels, CrossEntropy{.smoothing = 0}, 0).loss;
  const Alarms alarms;
  for (int i = 0; i < 1000; ++i)
    ASSERT_EQ(executor.train(images, labels, CrossEntropy{.smoothing = 0}, 0).loss, loss) << i;
  EXPECT_GT(Alarms::count, 10);
}

}  // namespace
}  // namespace doppel::nn
