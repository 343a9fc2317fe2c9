#include "engine/execution_order.h"

#include <gtest/gtest.h>

#include "doppel/nn/model/notation.h"

namespace doppel::nn {
namespace {

using Mode = ExecutorOptions::Mode;

TEST(ExecutionOrder, ARectifierMovesBehindAMaxPooling) {
  const auto names = [](const char* text, Mode mode) {
    std::string all;
    for (const Node& node : execution_order(build_graph(parse_network(text), {2, 8, 8}), mode))
      all += node.name + ' ';
    return all;
  };
  EXPECT_EQ(names("conv3x3(4)-relu-pool-gap", Mode::Training), "conv1 maxpool1 relu1 gap1 ");
  EXPECT_EQ(names("conv3x3(4)-lrelu(0.2)-pool-gap", Mode::Training), "conv1 maxpool1 lrelu1 gap1 ");
  EXPECT_EQ(names("conv3x3(4)-relu-pool-gap", Mode::Inference), "conv1 relu1 maxpool1 gap1 ");
  // BatchNorm rectifies by itself; tanh is none; a mean isn't a largest value; somebody else reads it.
  for (const char* text : {"conv3x3(4)-bn-relu-pool-gap", "conv3x3(4)-tanh-pool-gap",
                           "conv3x3(4)-relu-avgpool-gap", "conv3x3(4)-relu-cat[maxpool3x3(s1,p1)|]-gap"})
    EXPECT_EQ(names(text, Mode::Training), names(text, Mode::Inference)) << text;
}

TEST(ExecutionOrder, WhatMovesKeepsTheChainWhole) {
  const Graph graph = build_graph(parse_network("conv3x3(4)-relu-pool-relu-pool-fc(3)"), {2, 8, 8});
  const auto nodes = execution_order(graph, Mode::Training);
  ASSERT_EQ(nodes.size(), graph.nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    EXPECT_EQ(nodes[i].inputs, std::vector{static_cast<int>(i) - 1}) << nodes[i].name;
    EXPECT_EQ(nodes[i].in, i == 0 ? graph.input : nodes[i - 1].out) << nodes[i].name;
  }
  EXPECT_EQ(nodes.back().out, graph.output());
}

TEST(ExecutionOrder, KnowsRectifiersAndWhoReadsAlone) {
  EXPECT_EQ(rectifier_slope(ReLU{}), 0);
  EXPECT_EQ(rectifier_slope(LeakyReLU{0.3}), 0.3);
  EXPECT_EQ(rectifier_slope(PReLU{}), 1);
  EXPECT_EQ(rectifier_slope(Conv2d{}), 1);
  EXPECT_TRUE(is_activation(GELU{}) && is_activation(ReLU{}));
  EXPECT_FALSE(is_activation(Softmax{}) || is_activation(BatchNorm2d{}));
  const Graph graph = build_graph(parse_network("conv1x1(2)-relu-add[tanh|]-gap"), {2, 8, 8});
  const auto consumers = graph.consumers();
  std::vector<bool> straight;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i)
    straight.push_back(goes_straight_on(graph.nodes, consumers, i));
  // conv1 to relu1, which two read; tanh1's value goes to a sum of two; add1 to gap1, which is the last.
  EXPECT_EQ(straight, (std::vector<bool>{true, false, false, true, false}));
}

}  // namespace
}  // namespace doppel::nn
