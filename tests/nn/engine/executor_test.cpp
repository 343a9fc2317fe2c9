// Gradients: the double-precision reference against central differences, the engine against the reference;
// and results that don't depend on threads, nor, for BatchNorm, on shards.
#include "doppel/nn/engine/executor.h"

#include <gtest/gtest.h>
#include <sys/time.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <csignal>
#include <tuple>

#include "doppel/base/error.h"
#include "doppel/nn/gan/gan_options.h"
#include "doppel/nn/model/notation.h"
#include "doppel/nn/model/zoo.h"
#include "doppel/nn/train/metrics.h"
#include "doppel/nn/train/optimizer.h"
#include "in_child.h"
#include "nn/against_reference.h"

namespace doppel::nn {
namespace {

void check_reference(const std::string& text, Shape input) {
  SCOPED_TRACE(text);
  const Graph graph = build_graph(parse_network(text), input);
  Reference reference(noisy_model(graph, 3));
  const int rows = 3;
  auto x = reference_noise(std::size_t(rows) * std::size_t(input.count()), 5);
  const auto weights = reference_noise(std::size_t(rows) * std::size_t(graph.output().count()), 6);
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
                           "hardsigmoid",
                           "groupnorm(3)",
                           "conv3x3(4)-groupnorm(2)-tanh",
                           "layernorm",
                           "fc(6)-layernorm",
                           "layerscale(0.5)",
                           "shuffle(3)",
                           "conv3x3(6)-shuffle(2)-chunk(2,3)",
                           "mul[|gap-sigmoid]",
                           "mul[conv3x3(3)|]",
                           "fc(4)-mul[fc(4)|]",
                           "conv3x3(depthwise)",
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

TEST(Engine, GradientsOfWholeNetworksMatchTheReference) {
  for (const int rows : {1, 7})
    for (const int shards : {1, 3}) {
      expect_reference_gradients("conv3x3(8)-relu-pool-conv3x3(16)-relu-gap-fc", {3, 12, 12}, rows, shards);
      expect_reference_gradients("conv3x3(10,s2)-lrelu(0.1)-conv3x3(17)-tanh-avgpool-fc(9)-sigmoid-fc",
                                 {4, 9, 11}, rows, shards);
      expect_reference_gradients("conv1x7(24)-maxpool3x3(s2,p1)-conv7x1(8)-relu-flatten-fc", {3, 14, 33},
                                 rows, shards);
    }
  expect_reference_gradients("conv5x5(6)-relu-pool-conv5x5(16,valid)-relu-pool-fc(20)-relu-fc", {1, 28, 28},
                             5, 2);
  for (const int shards : {1, 2}) {
    // Residual blocks, with and without a shortcut of their own.
    expect_reference_gradients(
        "conv3x3(16)-bn-relu-add[conv3x3(16)-bn-relu-conv3x3(16)-bn|]-relu-add[conv3x3(32,s2)-bn-relu-"
        "conv3x3(32)-bn|conv1x1(32,s2)-bn]-relu-gap-fc",
        {3, 12, 12}, 8, shards);
    // Inception's block, with channels that fill no group of 8 or 16, and a value that three layers read.
    expect_reference_gradients(
        "cat[conv1x1(16)-relu|conv1x1(8)-relu-conv3x3(16)-relu|maxpool3x3(s1,p1)-conv1x1(16)-relu]-cat["
        "conv3x3(5)|conv1x1(7)-lrelu(0.1)|]-add[conv1x1(60)|]-silu-gap-fc",
        {3, 9, 9}, 6, shards);
  }
}

/// What a small network weighs after five steps.
std::vector<float> weights_after_steps(int threads) {
  Model model(
      build_graph(parse_network("conv3x3(16)-bn-relu-pool-conv3x3(24)-relu-dropout(0.3)-fc(30)-relu-fc"),
                  {1, 14, 14}, 4),
      2);
  Executor executor(model, {.batch = 32, .shards = 4, .threads = threads, .seed = 7});
  Optimizer optimizer(model, {});
  for (std::uint64_t step = 0; step < 5; ++step) {
    const auto x = reference_noise(30 * 14 * 14, step);
    std::vector<int> labels(30);
    for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<int>((i + step) % 4);
    executor.train(std::vector<float>(x.begin(), x.end()), labels, CrossEntropy{.smoothing = 0.1}, step);
    optimizer.step(model, executor, 0.01);
  }
  std::vector<float> weights;
  for (const Parameter& p : model.parameters()) weights.insert(weights.end(), p.value.begin(), p.value.end());
  return weights;
}

TEST(Engine, ThreadsDoNotChangeABit) {
  const std::vector<float> weights = weights_after_steps(1);
  EXPECT_EQ(weights, weights_after_steps(2));
  EXPECT_EQ(weights, weights_after_steps(4));
}

TEST(Engine, AForkedProcessTrainsToTheSameBits) {
  const std::vector<float> weights = weights_after_steps(2);
  EXPECT_EQ(in_child([&] { return weights == weights_after_steps(2) ? 3 : 4; }), 3);
}

TEST(Engine, GradientsOfImagesMatchTheReference) {
  // The generator's way: an image comes out, and what it means for what went in is asked.
  for (const char* text :
       {"deconv4x4(24,valid)-bn-relu-deconv4x4(3)-tanh", "conv3x3(16,s2)-lrelu(0.2)-gap-fc(4)"})
    for (const int shards : {1, 2}) {
      SCOPED_TRACE(text);
      const Graph graph = build_graph(parse_network(text), {6, 4, 4});
      Model model = noisy_model(graph, 3);
      Reference reference(model);
      const int rows = 5;
      const auto x = reference_noise(std::size_t(rows) * 96, 5);
      const std::vector<float> images(x.begin(), x.end());
      const auto weights = reference_noise(std::size_t(rows) * std::size_t(graph.output().count()), 6);
      reference.forward(Reference::Numbers(images.begin(), images.end()), {}, weights);
      const auto grads = reference.backward();
      Executor executor(model, {.batch = rows + 1, .shards = shards, .input_gradient = true});
      EXPECT_EQ(executor.forward(images, rows, 0).size(), weights.size());
      const auto input = executor.backward(std::vector<float>(weights.begin(), weights.end()));
      EXPECT_LT(relative_error(input, grads.at("input")), 2e-4);
      for (const Parameter& p : model.parameters())
        if (p.kind != Parameter::Kind::Statistic) {
          EXPECT_LT(relative_error(p.grad, grads.at(p.name)), 2e-4) << p.name;
        }
    }
}

TEST(Engine, InferenceUsesRunningStatisticsAndNoDropout) {
  const Graph graph = build_graph(parse_network("conv3x3(8)-bn-relu-dropout(0.5)-fc"), {1, 6, 6}, 3);
  Model model = noisy_model(graph, 4);
  const auto x = reference_noise(4 * 36, 1);
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

TEST(Frozen, PartsStayToTheBitAndTheRestLearnsAsBefore) {
  const Graph graph =
      build_graph(parse_network("conv3x3(8)-bn-relu-conv3x3(8)-bn-relu-gap-fc(6)-relu-fc"), {3, 8, 8}, 4);
  const auto noise = reference_noise(6 * 192, 1);
  const std::vector<float> images(noise.begin(), noise.end());
  const std::vector<int> labels{0, 1, 2, 3, 0, 1};
  Model model(graph, 1);
  for (Parameter& p : model.parameters())
    p.rate = p.name == "fc2.weight" ? 1 : p.name == "fc2.bias" ? 0.5 : 0;
  const auto before = std::vector<Parameter>(model.parameters().begin(), model.parameters().end());
  Executor executor(model, {.batch = 6, .shards = 2});
  Optimizer optimizer(model, Sgd{.momentum = 0, .weight_decay = 0});
  executor.train(images, labels, CrossEntropy{.smoothing = 0}, 0);
  // The head's gradient is what inference gives: BatchNorm's statistics are the running ones.
  const auto bias = model.find("fc2", "bias")->grad;
  Executor plain(model, {.batch = 6, .shards = 1, .mode = ExecutorOptions::Mode::Inference});
  const auto logits = plain.predict(images, 6);
  for (std::size_t c = 0; c < 4; ++c) {
    double expected = 0;
    for (std::size_t r = 0; r < 6; ++r)
      expected +=
          (softmax(logits.subspan(r * 4, 4))[c] - (static_cast<std::size_t>(labels[r]) == c ? 1 : 0)) / 6;
    EXPECT_NEAR(bias[c], expected, 1e-5);
  }
  optimizer.step(model, executor, 0.1);
  for (std::size_t i = 0; i < before.size(); ++i) {
    const Parameter& now = model.parameters()[i];
    if (now.name != "fc2.bias") {
      EXPECT_EQ(now.value == before[i].value, now.name != "fc2.weight") << now.name;
    }
  }
  for (std::size_t c = 0; c < 4; ++c)
    EXPECT_NEAR(model.find("fc2", "bias")->value[c], -0.05F * bias[c], 1e-7);
}

TEST(Frozen, GradientsPassThroughWhatIsFrozen) {
  // With its statistics fixed a BatchNorm is a scale: frozen in the middle, the first layer's gradient is
  // that of the network without it.
  const Graph graph = build_graph(parse_network("conv1x1(4,bias)-bn-gap-fc"), {2, 4, 4}, 3);
  const Graph bare = build_graph(parse_network("conv1x1(4,bias)-gap-fc"), {2, 4, 4}, 3);
  Model model(graph, 1), other(bare, 1);
  for (const char* which : {"weight", "bias"}) model.find("bn1", which)->rate = 0;
  const double scale = 1 / std::sqrt(1 + 1e-5);
  const auto noise = reference_noise(4 * 32, 2);
  const std::vector<float> images(noise.begin(), noise.end());
  const std::vector<int> labels{0, 1, 2, 0};
  Executor(model, {.batch = 4, .shards = 2}).train(images, labels, CrossEntropy{.smoothing = 0}, 0);
  Executor(other, {.batch = 4, .shards = 2}).train(images, labels, CrossEntropy{.smoothing = 0}, 0);
  const auto &a = model.find("conv1", "weight")->grad, &b = other.find("conv1", "weight")->grad;
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], scale * static_cast<double>(b[i]), 1e-5);
}

TEST(Executor, NamesTheLayerAndTheRowThatAreNotFinite) {
  Model model(build_graph(parse_network("conv3x3(8)-relu-pool-fc(5)-relu-fc"), {1, 6, 6}, 3), 1);
  Executor executor(model, {.batch = 4, .shards = 2});
  const auto noise = reference_noise(4 * 36, 3);
  std::vector<float> images(noise.begin(), noise.end());
  executor.train(images, std::vector{0, 1, 2, 0}, CrossEntropy{.smoothing = 0}, 0);
  EXPECT_EQ(executor.not_finite().layer, "");
  images[2 * 36 + 7] = std::numeric_limits<float>::quiet_NaN();
  executor.train(images, std::vector{0, 1, 2, 0}, CrossEntropy{.smoothing = 0}, 0);
  const auto found = executor.not_finite();
  EXPECT_EQ(found.layer, "conv1");
  EXPECT_EQ(found.rows, std::vector{2});
}

/// What stands for loops that nobody made fast.
bool is_slow(const std::string& implementation) {
  return implementation.starts_with("ref") || implementation.starts_with("simple") ||
         implementation.find("ncsp") != std::string::npos;
}

TEST(Executor, RunsNoReferenceLoopOnTheZoo) {
  for (const ZooEntry& entry : zoo()) {
    // Deeper ones of the same layers.
    if (entry.name.starts_with("vgg13") || entry.name.starts_with("vgg19") || entry.name == "resnet101" ||
        entry.name == "resnet56_cifar")
      continue;
    SCOPED_TRACE(entry.name);
    const int side = entry.help.find("224") != entry.help.npos     ? 224
                     : entry.help.find("299") != entry.help.npos   ? 299
                     : entry.help.find("28x28") != entry.help.npos ? 28
                                                                   : 32;
    Model model(build_graph(parse_network(std::string(entry.text)), {side == 28 ? 1 : 3, side, side}, 10));
    for (const auto precision : {Precision::F32, Precision::BF16}) {
      Executor executor(model, {.batch = 2, .shards = 2, .precision = precision});
      const auto kernels = executor.kernels();
      EXPECT_GT(kernels.size(), 5U);
      for (const KernelInfo& k : kernels)
        EXPECT_FALSE(is_slow(k.implementation)) << k.node << ' ' << k.pass << ' ' << k.implementation;
    }
    if (entry.name.starts_with("mobilenet") || entry.name.starts_with("efficientnet")) {
      Executor predicts(model, {.batch = 2, .shards = 2, .mode = ExecutorOptions::Mode::Inference});
      for (const KernelInfo& k : predicts.kernels())
        EXPECT_FALSE(is_slow(k.implementation) || k.implementation.find("gemm:jit") != k.implementation.npos)
            << k.node << ' ' << k.pass << ' ' << k.implementation;
    }
  }
}

TEST(Executor, RunsNoReferenceLoopInGans) {
  constexpr int kClasses = 10;
  for (const char* preset : {"rpgan", "dcgan", "residual"})
    for (const Shape& image : {Shape{1, 28, 28}, Shape{3, 64, 64}}) {
      const GanOptions options = gan_preset(preset, image);
      for (const auto& [text, in, outputs] :
           {std::tuple{options.generator, Shape{options.latent + kClasses, 1, 1}, 0},
            std::tuple{options.discriminator, image, 1 + kClasses}}) {
        Model model(build_graph(parse_network(text), in, outputs));
        for (const auto mode : {ExecutorOptions::Mode::Training, ExecutorOptions::Mode::Inference})
          for (const KernelInfo& k : Executor(model, {.batch = 4, .shards = 2, .mode = mode}).kernels())
            EXPECT_FALSE(is_slow(k.implementation))
                << preset << ' ' << image.text() << ' ' << k.node << ' ' << k.pass << ' ' << k.implementation;
      }
    }
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
