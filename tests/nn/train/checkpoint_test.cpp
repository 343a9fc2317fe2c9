#include "train/checkpoint.h"

#include <gtest/gtest.h>

#include <limits>

#include "doppel/base/error.h"
#include "doppel/nn/model/notation.h"
#include "error_of.h"

namespace doppel::nn {
namespace {

TEST(Checkpoint, AModelAndItsOptimizerComeBack) {
  const Graph graph = build_graph(parse_network("conv3x3(4)-bn-relu-fc(6)-fc(3)"), {1, 4, 4});
  Model model(graph, 1), other(graph, 2);
  Optimizer optimizer(model, Muon{}), fresh(other, Muon{});
  float next = 0;
  for (Optimizer::State& state : optimizer.states())
    for (auto& values : state.values)
      for (float& v : values) v = next++;
  TensorFile file;
  add_model(file, "m.", model);
  add_optimizer(file, "o.", model, optimizer);
  read_model(file, "m.", other, "here");
  read_optimizer(file, "o.", other, fresh, "here");
  for (std::size_t p = 0; p < model.parameters().size(); ++p) {
    const Parameter& from = model.parameters()[p];
    EXPECT_EQ(other.parameters()[p].value, from.value) << from.name;
    EXPECT_EQ(file.tensors.at("m." + from.name).shape, from.shape);
    for (std::size_t k = 0; k < 2; ++k)
      EXPECT_EQ(fresh.states()[k].values[p], optimizer.states()[k].values[p]) << from.name;
  }
  EXPECT_GT(next, 0);
  // Statistics have no state, and what Muon makes orthogonal has no v.
  EXPECT_TRUE(file.tensors.contains("m.bn1.running_mean"));
  EXPECT_FALSE(file.tensors.contains("o.m.bn1.running_mean"));
  EXPECT_TRUE(file.tensors.contains("o.m.fc1.weight"));
  EXPECT_FALSE(file.tensors.contains("o.v.fc1.weight"));
  EXPECT_TRUE(file.tensors.contains("o.v.fc2.weight"));
}

TEST(Checkpoint, WhatIsMissingOrOfAnotherSizeIsNamed) {
  Model model(build_graph(parse_network("fc(3)"), {1, 2, 2}), 1);
  Optimizer optimizer(model, Sgd{});
  TensorFile file;
  add_model(file, "", model);
  EXPECT_EQ(error_of([&] { read_optimizer(file, "o.", model, optimizer, "x.st"); }),
            "x.st: has no tensor o.momentum.fc1.weight; it belongs to another network");
  Model wider(build_graph(parse_network("fc(4)"), {1, 2, 2}), 1);
  EXPECT_EQ(error_of([&] { read_model(file, "", wider, "x.st"); }),
            "x.st: fc1.weight has 12 numbers, but the network needs 16; it belongs to another network");
  EXPECT_EQ(numbers_of(file, "fc1.bias", 3, "x.st"), model.find("fc1", "bias")->value);
}

TEST(Checkpoint, ALaterDoppelsFileIsRefused) {
  TensorFile file;
  EXPECT_NO_THROW(check_model_format(file, "x.st"));  // the first doppel wrote none
  for (const int format : {1, kModelFormat}) {
    file.metadata["doppel.format"] = std::to_string(format);
    EXPECT_NO_THROW(check_model_format(file, "x.st")) << format;
  }
  file.metadata["doppel.format"] = std::to_string(kModelFormat + 1);
  EXPECT_TRUE(error_of([&] { check_model_format(file, "x.st"); }).starts_with("x.st"));
}

TEST(Checkpoint, WeightsThatAreNoNumbersAreNamed) {
  Model model(build_graph(parse_network("fc(3)"), {1, 2, 2}), 1);
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    TensorFile file;
    add_model(file, "", model);
    file.tensors["fc1.bias"].value[1] = bad;
    EXPECT_EQ(error_of([&] { read_model(file, "", model, "x.st"); }),
              "x.st: fc1.bias holds NaN or infinite values");
  }
}

}  // namespace
}  // namespace doppel::nn
