#include "engine/conv_kernel.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"
#include "doppel/dataset/analysis/split.h"
#include "doppel/dataset/loader/loader.h"
#include "doppel/dataset/open/open_data.h"
#include "doppel/nn/formats/safetensors.h"
#include "doppel/nn/gan/gan.h"
#include "doppel/nn/model/notation.h"
#include "doppel/nn/train/trainer.h"
#include "emulated_tiles.h"
#include "engine/cpu_isa.h"
#include "engine/step.h"

namespace doppel::nn {
namespace {

using dataset::TemporaryFolder;

constexpr const char* kWide = "conv3x3(32)-relu-conv3x3(32)-relu-pool-fc";

/// Empty on processors where nothing is left to choose.
std::string forward_of(Model& model, const std::string& kernel) {
  Executor executor(model, {.batch = 8, .shards = 2, .kernels = {{"conv2", kernel}}});
  for (const KernelInfo& k : executor.kernels())
    if (k.node == "conv2" && k.pass == "forward") return k.implementation;
  return {};
}

bool can_choose(Model& model) { return engine::suits_winograd(model.graph().nodes.at(2)); }

TEST(KernelChoice, IsWhatWasGiven) {
  Model model(build_graph(parse_network(kWide), {1, 28, 28}, 10));
  if (!can_choose(model)) GTEST_SKIP() << "this processor has one kernel for each convolution";
  EXPECT_EQ(forward_of(model, "winograd4x4"), "winograd4x4");
  EXPECT_EQ(forward_of(model, "direct").find("wino"), std::string::npos);
  // Floats were asked for.
  EXPECT_EQ(forward_of(model, "bf16").find("bf16"), std::string::npos);
  EXPECT_THROW(forward_of(model, "magic"), Error);
}

/// How "conv2" came to its kernel.
KernelTiming timing_of(const std::string& net, Shape in, bool time_kernels = false) {
  Model model(build_graph(parse_network(net), in, 10));
  const Executor executor(model, {.batch = 8, .shards = 2, .time_kernels = time_kernels});
  for (KernelTiming& timing : executor.kernel_timings())
    if (timing.node == "conv2") return timing;
  return {};
}

TEST(KernelChoice, GoesByTheRuleUnlessTimesAreAskedFor) {
  // Of a size that nobody has timed, not this test either when it ran before.
  std::random_device device;
  const Shape in{1, 20 + static_cast<int>(device() % 64), 20 + static_cast<int>(device() % 64)};
  const char* net = "conv3x3(48)-relu-conv3x3(80)-relu-pool-fc";
  const KernelTiming ruled = timing_of(net, in);
  if (ruled.only) GTEST_SKIP() << "this processor has one kernel for each convolution";
  EXPECT_FALSE(ruled.timed);
  ASSERT_EQ(ruled.candidates.size(), 2U);
  EXPECT_EQ(ruled.candidates[0].kernel, "direct");
  EXPECT_EQ(ruled.chosen,
            ruled.candidates[1].seconds * 1.05 < ruled.candidates[0].seconds ? "winograd4x4" : "direct");
  const KernelTiming timed = timing_of(net, in, true);
  EXPECT_TRUE(timed.timed);
  EXPECT_NE(timed.candidates[0].seconds, ruled.candidates[0].seconds);
  // From then on they count.
  EXPECT_EQ(timing_of(net, in).candidates[0].seconds, timed.candidates[0].seconds);
}

TEST(KernelChoice, OfTheRuleIsByShape) {
  const KernelTiming wide = timing_of("conv3x3(64)-relu-conv3x3(64)-relu-fc", {3, 34, 34});
  if (wide.only) GTEST_SKIP() << "this processor has one kernel for each convolution";
  EXPECT_EQ(wide.chosen, "winograd4x4");
  // A tile of 4x4 would be mostly beyond the image, and filters of many channels come from far.
  EXPECT_EQ(timing_of("conv3x3(512)-relu-conv3x3(512)-relu-fc", {3, 4, 4}).chosen, "direct");
}

// Convolutions in steps of 2 and transposed ones alike.
TEST(KernelChoice, OfTheRuleIsByShapeInStepsOfTwo) {
  if (timing_of("conv3x3(64)-relu-conv3x3(64)-relu-fc", {3, 34, 34}).only)
    GTEST_SKIP() << "this processor has one kernel for each convolution";
  EXPECT_EQ(timing_of("conv3x3(64)-relu-conv4x4(128,s2,p1)-relu-fc", {3, 32, 32}).chosen, "winograd4x4");
  EXPECT_EQ(timing_of("conv3x3(512)-relu-conv4x4(512,s2,p1)-relu-fc", {3, 4, 4}).chosen, "direct");
  EXPECT_TRUE(timing_of("conv3x3(64)-relu-conv4x4(64,s3)-relu-fc", {3, 32, 32}).only);
  Model model(build_graph(parse_network("conv3x3(128)-relu-deconv4x4(64)-relu-fc"), {3, 16, 16}, 10));
  const Executor executor(model, {.batch = 8, .shards = 2});
  EXPECT_EQ(executor.chosen_kernels().at("deconv1"), "winograd4x4");
}

TEST(KernelChoice, OfBfloat16IsByTheRuleToo) {
  if (!has_bf16() || engine::multiplies_tiles())
    GTEST_SKIP() << "no bfloat16 here, or tiles, which are timed";
  const auto chosen = [](const char* net, const Shape& in) {
    Model model(build_graph(parse_network(net), in, 10));
    const Executor executor(model, {.batch = 8, .shards = 2, .precision = Precision::BF16});
    for (KernelTiming& timing : executor.kernel_timings())
      if (timing.node == "conv2") return std::pair(timing.chosen, timing.timed);
    return std::pair<std::string, bool>();
  };
  EXPECT_EQ(chosen("conv3x3(64)-relu-conv3x3(64)-relu-fc", {3, 34, 34}),
            (std::pair<std::string, bool>("winograd4x4", false)));
  EXPECT_EQ(chosen("conv3x3(512)-relu-conv3x3(512)-relu-fc", {3, 5, 5}),
            (std::pair<std::string, bool>("bf16", false)));
  EXPECT_EQ(chosen("conv3x3(64)-relu-conv4x4(64,s2,p1)-relu-fc", {3, 34, 34}),
            (std::pair<std::string, bool>("bf16", false)));
}

TEST(KernelChoice, ThatCannotBeHadIsNamed) {
  // 24 filters are none that Winograd's kernels take; floats were asked for.
  Model model(build_graph(parse_network("conv3x3(24)-relu-conv3x3(24)-relu-fc"), {1, 28, 28}, 10));
  const Executor executor(
      model, {.batch = 8, .shards = 2, .kernels = {{"conv1", "direct"}, {"conv2", "winograd4x4"}}});
  ASSERT_EQ(executor.changed_kernels().size(), 1U);
  EXPECT_EQ(executor.changed_kernels()[0].node, "conv2");
  EXPECT_EQ(executor.changed_kernels()[0].wanted, "winograd4x4");
  EXPECT_EQ(executor.changed_kernels()[0].used, "direct");
  EXPECT_EQ(executor.chosen_kernels().at("conv2"), "direct");
}

/// The kernel that each convolution has after that one was asked for everywhere.
std::map<std::string, std::string> all_given(const std::string& kernel, Precision precision) {
  Model model(build_graph(
      parse_network(
          "conv3x3(8)-relu-conv1x1(32)-relu-conv3x3(32,s2)-relu-conv3x3(32,g2)-relu-conv5x5(24)-fc"),
      {1, 28, 28}, 10));
  std::map<std::string, std::string> kernels;
  for (const Node& node : model.graph().nodes)
    if (std::holds_alternative<Conv2d>(node.layer)) kernels[node.name] = kernel;
  return Executor(model, {.batch = 8, .shards = 2, .precision = precision, .kernels = kernels})
      .chosen_kernels();
}

// A run that began on a processor with AMX goes on where there is none.
TEST(KernelChoice, OfTurnedValuesRunsWhereverBf16IsMultiplied) {
  if (!has_bf16()) GTEST_SKIP() << "this processor doesn't multiply bfloat16";
  const auto used = all_given("bf16_nhwc", Precision::BF16);
  EXPECT_EQ(used.at("conv1"), "direct");  // fewer channels than a block has
  EXPECT_EQ(used.at("conv2"), "bf16");
  EXPECT_EQ(used.at("conv3"), "bf16_nhwc");
  EXPECT_EQ(used.at("conv4"), "direct");  // groups
  EXPECT_EQ(used.at("conv5"), "bf16_nhwc");
}

TEST(KernelChoice, OfTurnedValuesIsKnownEverywhere) {
  for (const auto& [node, kernel] : all_given("bf16_nhwc", Precision::F32))
    EXPECT_EQ(kernel, "direct") << node;
}

// What begins without AMX goes on so elsewhere.
TEST(KernelChoice, IsNamedWhereOnlyAmxHasOne) {
  if (!has_bf16()) GTEST_SKIP() << "this processor doesn't multiply bfloat16";
  Model model(build_graph(parse_network("conv3x3(16)-relu-conv1x1(32,s2)-relu-fc"), {1, 28, 28}, 10));
  const Executor executor(model, {.batch = 8, .shards = 2, .precision = Precision::BF16});
  ASSERT_EQ(executor.chosen_kernels().size(), 1U);
  EXPECT_TRUE(executor.chosen_kernels().at("conv2").starts_with("bf16"));
  if (!engine::multiplies_tiles()) { EXPECT_EQ(executor.chosen_kernels().at("conv2"), "bf16"); }
}

TEST(KernelChoice, IsOfAllThatFitWhereTilesAreMultiplied) {
  if (!has_bf16()) GTEST_SKIP() << "this processor doesn't multiply bfloat16";
  Model model(
      build_graph(parse_network("conv3x3(32)-relu-conv3x3(32)-relu-conv1x1(48,s2)-relu-conv3x3(24)-fc"),
                  {1, 12, 12}, 10));
  const auto& nodes = model.graph().nodes;
  const engine::EmulatedTiles tiles;
  engine::EngineContext context;
  context.batch = 4;
  context.bf16 = context.tiles = true;
  std::map<std::string, std::string> chosen, again;
  const auto kernels = engine::choose_conv_kernels(nodes, model, context, chosen);
  EXPECT_EQ(engine::choose_conv_kernels(nodes, model, context, again), kernels);
  EXPECT_EQ(again, chosen);
  std::map<std::string, std::vector<std::string>> candidates;
  for (const KernelTiming& timing : engine::kernel_timings(nodes, context, chosen)) {
    EXPECT_EQ(timing.only, timing.node == "conv1");
    for (const auto& candidate : timing.candidates) {
      EXPECT_GT(candidate.seconds, 0);
      candidates[timing.node].push_back(candidate.kernel);
    }
  }
  using Names = std::vector<std::string>;
  EXPECT_EQ(candidates.at("conv2"), (Names{"bf16", "bf16_nhwc", "bf16_tiles", "winograd4x4"}));
  EXPECT_EQ(candidates.at("conv3"), (Names{"bf16", "bf16_nhwc", "bf16_tiles"}));
  EXPECT_EQ(candidates.at("conv4"), (Names{"bf16_nhwc", "bf16_tiles", "direct"}));
  EXPECT_FALSE(candidates.contains("conv1"));
}

// What 0.1.0 called oneDNN's kernel goes on by ours, whose last bits are others.
TEST(KernelChoice, OfAnOlderVersionIsSaid) {
  Model model(build_graph(parse_network(kWide), {1, 28, 28}, 10));
  if (!can_choose(model)) GTEST_SKIP() << "this processor has one kernel for each convolution";
  EXPECT_EQ(forward_of(model, "winograd"), "winograd4x4");
  const Executor executor(model, {.batch = 8, .shards = 2, .kernels = {{"conv2", "winograd"}}});
  ASSERT_EQ(executor.changed_kernels().size(), 1U);
  EXPECT_EQ(executor.changed_kernels()[0].wanted, "winograd");
  EXPECT_EQ(executor.changed_kernels()[0].used, "winograd4x4");
}

TEST(KernelChoice, IsTheSameEveryTime) {
  Model model(build_graph(parse_network(kWide), {1, 28, 28}, 10));
  for (const Precision precision : {Precision::F32, Precision::BF16}) {
    const Executor first(model, {.batch = 8, .shards = 2, .precision = precision});
    const Executor again(model, {.batch = 8, .shards = 2, .threads = 1, .precision = precision});
    EXPECT_EQ(first.chosen_kernels(), again.chosen_kernels());
    // Named even where there is nothing to choose, for machines where there is.
    EXPECT_EQ(first.chosen_kernels().size(), 1U);
  }
}

/// The names in a checkpoint, each kernel other than it was.
std::string others(std::string names) {
  const std::string own = "winograd4x4";
  const bool winograd = names.find(own) != std::string::npos;
  const std::string from = winograd ? own : "direct", to = winograd ? "direct" : own;
  for (std::size_t at = 0; (at = names.find(from, at)) != std::string::npos; at += to.size())
    names.replace(at, from.size(), to);
  return names;
}

TEST(KernelChoice, OfARunGoesOnWhenItIsResumed) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "last.safetensors";
  Model model(build_graph(parse_network(kWide), {1, 28, 28}, 10));
  if (!can_choose(model)) GTEST_SKIP() << "this processor has one kernel for each convolution";
  const auto digits = dataset::per_class(dataset::open_data("sample:digits").train, 4, 1);
  dataset::Loader loader(digits, {}, {.batch = 8, .seed = 3, .epochs = 2});
  TrainerOptions options;
  options.epochs = 2;
  options.shards = 2;
  options.checkpoint = file;
  std::atomic<bool> stop = true;
  Trainer(model, loader, nullptr, options).run([](const Progress&) {}, [](const EpochRecord&) {}, &stop);
  // As if another machine had begun it.
  TensorFile checkpoint = load_tensors(file);
  auto state = nlohmann::json::parse(checkpoint.metadata.at("training"));
  const std::string wanted = others(state.at("kernels").at("conv2"));
  state["kernels"]["conv2"] = wanted;
  checkpoint.metadata["training"] = state.dump();
  save_tensors(file, checkpoint);
  Trainer resumed(model, loader, nullptr, options);
  resumed.resume();
  resumed.run([](const Progress&) {}, [](const EpochRecord&) {}, nullptr);
  const auto now = nlohmann::json::parse(load_tensors(file).metadata.at("training"));
  EXPECT_EQ(now.at("epoch"), 2);
  EXPECT_EQ(now.at("kernels").at("conv2"), wanted);
}

TEST(KernelChoice, OfAGanGoesOnWhenItIsResumed) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "gan.safetensors";
  GanOptions options;
  options.generator = "fc(1568)-picture7x7-relu-resize(2)-conv3x3(32)-relu-resize(2)-conv3x3(1)-tanh";
  options.discriminator = "conv3x3(32,s2)-lrelu(0.2)-conv3x3(32)-lrelu(0.2)-fc";
  options.batch = 8;
  options.shards = 2;
  Model wide(build_graph(parse_network(kWide), {1, 28, 28}, 10));
  if (!can_choose(wide)) GTEST_SKIP() << "this processor has one kernel for each convolution";
  Gan gan({1, 28, 28}, 2, options);
  gan.save(file, {});
  TensorFile stored = load_tensors(file);
  const std::string wanted = others(stored.metadata.at("kernels"));
  ASSERT_NE(wanted.find("conv"), std::string::npos);
  stored.metadata["kernels"] = wanted;
  save_tensors(file, stored);
  gan.load(file);
  gan.save(file, {});
  EXPECT_EQ(load_tensors(file).metadata.at("kernels"), wanted);
  stored.metadata["kernels"] = "{\"generator\": 3}";
  save_tensors(file, stored);
  EXPECT_THROW(gan.load(file), Error);
}

}  // namespace
}  // namespace doppel::nn
