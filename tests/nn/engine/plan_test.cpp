#include "engine/plan.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "doppel/nn/model/notation.h"
#include "engine/execution_order.h"
#include "engine/onednn.h"
#include "error_of.h"

namespace doppel::nn {
namespace {

/// A network compiled for 4 rows in 2 shards.
struct CompiledPlan {
  explicit CompiledPlan(const char* text, ExecutorOptions o = {})
      : options(std::move(o)),
        model(build_graph(parse_network(text), {2, 8, 8}), 1),
        nodes(execution_order(model.graph(), options.mode)) {
    options.batch = context.batch = 4;
    options.shards = context.shards = 2;
    context.training = options.mode == ExecutorOptions::Mode::Training;
    const engine::OneDnnScope scope;
    plan = std::make_unique<Plan>(model.graph(), nodes, model, context, options);
  }
  ExecutorOptions options;
  Model model;
  std::vector<Node> nodes;
  engine::EngineContext context;
  std::unique_ptr<Plan> plan;
};

TEST(ExecutorPlan, EveryValueHasAShapeAndMemory) {
  const CompiledPlan made(
      "conv3x3(4)-bn-relu-add[conv3x3(4)|]-relu-cat[|tanh]-side(0.3)[gap-fc(3)]-gap-fc(3)");
  const Plan& plan = *made.plan;
  EXPECT_EQ(plan.input.shape, (Shape{2, 8, 8}));
  EXPECT_EQ(plan.blobs.back().shape, (Shape{3, 1, 1, true}));
  std::vector<std::string> names;
  for (const auto& [name, blob] : plan.named) {
    names.push_back(name);
    ASSERT_TRUE(blob->data && blob->data->has_memory()) << name;
    const auto node = std::ranges::find(made.nodes, name, &Node::name);
    ASSERT_NE(node, made.nodes.end()) << name;
    EXPECT_EQ(blob->shape, node->out) << name;
  }
  // A rectifier behind a norm or a sum is done by it, and gives its name to the value.
  for (const char* node : {"conv1", "relu1", "conv2", "relu2", "tanh1", "cat1", "fc1", "fc2"})
    EXPECT_EQ(std::ranges::count(names, node), 1) << node;
  for (const char* node : {"bn1", "add1"}) EXPECT_EQ(std::ranges::count(names, node), 0) << node;
  ASSERT_EQ(plan.sides.size(), 1U);
  EXPECT_EQ(plan.sides[0].first->shape.channels, 3);
  EXPECT_FLOAT_EQ(plan.sides[0].second, 0.3F);
}

TEST(ExecutorPlan, ASoftmaxAtTheEndIsLeftToTheLoss) {
  const CompiledPlan with("fc(3)-softmax"), without("fc(3)"), between("fc(3)-softmax-fc(3)");
  EXPECT_EQ(with.plan->steps.size(), without.plan->steps.size());
  EXPECT_EQ(between.plan->steps.size(), without.plan->steps.size() + 2);
}

TEST(ExecutorPlan, ValuesOfInferenceLieOverEachOther) {
  const char* text = "conv3x3(4)-tanh-conv3x3(4)-tanh-conv3x3(4)-tanh-conv3x3(4)-tanh-gap-fc(3)";
  const auto floats = [](const CompiledPlan& made) {
    std::size_t own = made.plan->shared.count();
    for (const engine::Blob& blob : made.plan->blobs)
      own += blob.data->owns_memory() ? blob.data->count() : 0;
    return own;
  };
  EXPECT_LT(floats(CompiledPlan(text, {.mode = ExecutorOptions::Mode::Inference})),
            floats(CompiledPlan(text)));
}

TEST(ExecutorPlan, TangentsAreRefusedByTheLayersName) {
  for (const auto& [text, name] : {std::pair{"conv3x3(4)-bn-gap-fc(3)", "bn1"},
                                   {"conv3x3(4)-relu-conv3x3(4)-tanh-fc(3)", "tanh1"},
                                   {"fc(3)-prelu-fc(3)", "prelu1"},
                                   {"conv3x3(4)-mul[conv3x3(4)|conv3x3(4)]-fc(3)", "mul1"}}) {
    const std::string error = error_of([&] { CompiledPlan(text, {.tangent = true}); });
    EXPECT_TRUE(error.starts_with(std::string(name) + " isn't linear in pieces")) << error;
  }
  EXPECT_EQ(
      error_of([] { CompiledPlan("conv3x3(4)-lrelu(0.2)-maxpool-dropout-gap-fc(3)", {.tangent = true}); }),
      "");
}

}  // namespace
}  // namespace doppel::nn
