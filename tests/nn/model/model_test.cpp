#include "doppel/nn/model/model.h"

#include <gtest/gtest.h>

#include "doppel/nn/model/notation.h"

namespace doppel::nn {
namespace {

TEST(Model, ParametersHavePyTorchsNamesShapesAndOrder) {
  const Model model(
      build_graph(parse_network("conv3x2(6,g2)-bn-prelu-deconv4x4(5)-relu-flatten-fc(3)"), {4, 5, 5}), 1);
  using Kind = Parameter::Kind;
  struct Expected {
    const char* name;
    std::vector<std::int64_t> shape;
    Kind kind;
  };
  const std::vector<Expected> expected{{"conv1.weight", {6, 2, 3, 2}, Kind::Weight},
                                       {"bn1.weight", {6}, Kind::Vector},
                                       {"bn1.bias", {6}, Kind::Vector},
                                       {"bn1.running_mean", {6}, Kind::Statistic},
                                       {"bn1.running_var", {6}, Kind::Statistic},
                                       {"prelu1.weight", {6}, Kind::Vector},
                                       {"deconv1.weight", {6, 5, 4, 4}, Kind::Weight},
                                       {"deconv1.bias", {5}, Kind::Vector},
                                       {"fc1.weight", {3, 500}, Kind::Weight},
                                       {"fc1.bias", {3}, Kind::Vector}};
  ASSERT_EQ(model.parameters().size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const Parameter& p = model.parameters()[i];
    EXPECT_EQ(p.name, expected[i].name);
    EXPECT_EQ(p.shape, expected[i].shape) << p.name;
    EXPECT_EQ(p.kind, expected[i].kind) << p.name;
    std::size_t count = 1;
    for (const auto side : p.shape) count *= static_cast<std::size_t>(side);
    EXPECT_EQ(p.value.size(), count) << p.name;
    EXPECT_EQ(p.grad.size(), p.kind == Kind::Statistic ? 0 : count) << p.name;
    EXPECT_EQ(p.rate, 1) << p.name;
  }
}

TEST(Model, NumbersBeginByTheSeedAloneAndNormsAsNothing) {
  const Graph graph = build_graph(parse_network("conv3x3(4)-bn-prelu-gap-fc(3)"), {2, 5, 5});
  Model one(graph, 1), again(graph, 1), other(graph, 2), empty(graph);
  EXPECT_EQ(one.find("conv1", "weight")->value, again.find("conv1", "weight")->value);
  EXPECT_NE(one.find("conv1", "weight")->value, other.find("conv1", "weight")->value);
  EXPECT_EQ(empty.find("conv1", "weight")->value, std::vector<float>(72, 0.F));
  for (Model* model : {&one, &empty}) {
    EXPECT_EQ(model->find("bn1", "weight")->value, std::vector<float>(4, 1.F));
    EXPECT_EQ(model->find("bn1", "bias")->value, std::vector<float>(4, 0.F));
    EXPECT_EQ(model->find("bn1", "running_var")->value, std::vector<float>(4, 1.F));
    EXPECT_EQ(model->find("prelu1", "weight")->value, std::vector<float>(4, 0.25F));
    EXPECT_EQ(model->find("fc1", "bias")->value, std::vector<float>(3, 0.F));
  }
}

TEST(Model, WhatANodeHasNotIsNull) {
  Model model(build_graph(parse_network("conv3x3(4)-bn(noscale)-gap-fc(3)"), {2, 5, 5}), 1);
  EXPECT_EQ(model.find("conv1", "bias"), nullptr);
  EXPECT_EQ(model.find("conv2", "weight"), nullptr);
  EXPECT_EQ(model.find("bn1", "weight")->rate, 0);  // stays 1
  EXPECT_EQ(model.find("bn1", "bias")->rate, 1);
}

}  // namespace
}  // namespace doppel::nn
