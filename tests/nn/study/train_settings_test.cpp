#include "doppel/nn/study/train_settings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "doppel/base/settings.h"
#include "doppel/nn/model/graph.h"
#include "doppel/nn/model/notation.h"
#include "error_of.h"

namespace doppel::nn {
namespace {

TEST(TrainSettings, NamesAreTheirOwnAndOfLoadingOnlyThreeAreAskedFor) {
  TrainSettings all{.data = "sample:digits"};
  all.initialisation = {Initialisation::Weights::Orthogonal, true};
  all.class_weights = TrainSettings::ClassWeights::Balanced;
  const auto settings = settings_of(all);
  std::set<std::string> names;
  for (const SettingText& setting : settings) EXPECT_TRUE(names.insert(setting.name).second) << setting.name;
  const auto value = [&](const char* name) {
    const auto found = std::ranges::find(settings, name, &SettingText::name);
    return found == settings.end() ? "" : found->value;
  };
  EXPECT_EQ(value("data"), "'sample:digits'");
  EXPECT_EQ(value("init"), "orthogonal");
  EXPECT_EQ(value("zero_gamma"), "true");
  EXPECT_EQ(value("class_weights"), "balanced");
  EXPECT_EQ(value("batch"), "128");
  EXPECT_EQ(value("valid_every"), "0");
  for (const char* name : {"batch", "workers", "on_error"}) EXPECT_TRUE(names.contains(name)) << name;
  for (const char* name : {"prefetch", "order", "rank", "world"}) EXPECT_FALSE(names.contains(name)) << name;
  for (const SettingText& setting : settings_of(TrainerOptions{}))
    EXPECT_TRUE(names.contains(setting.name)) << setting.name;
}

/// Three stages of convolutions, and the last layer.
Model staged() {
  return Model(
      build_graph(
          parse_network(
              "conv3x3(4)-bn-relu-pool-conv3x3(4)-mul[|gap-conv1x1(4)-sigmoid]-pool-conv3x3(4)-gap-fc"),
          {1, 8, 8}, 3),
      1);
}

TEST(TrainSettings, LayersLearnSlowerTheFartherTheyAreFromTheLast) {
  Model model = staged();
  set_rates({.data = "d", .layer_rate = 0.5, .head_rate = 2}, model);
  const auto rate = [&](const char* node) { return model.find(node, "weight")->rate; };
  EXPECT_EQ(rate("fc1"), 2);
  EXPECT_EQ(rate("conv4"), 0.5);
  EXPECT_EQ(rate("conv3"), 0.25);  // of one pixel, within the second stage
  EXPECT_EQ(rate("conv2"), 0.25);
  EXPECT_EQ(rate("bn1"), 0.125);
  EXPECT_EQ(rate("conv1"), 0.125);
}

TEST(TrainSettings, WhatComesBeforeALayerIsFrozenWithIt) {
  Model model = staged();
  set_rates({.data = "d", .freeze_until = "conv2"}, model);
  EXPECT_EQ(model.find("conv1", "weight")->rate, 0);
  EXPECT_EQ(model.find("bn1", "running_mean")->rate, 0);
  EXPECT_EQ(model.find("conv2", "bias")->rate, 0);
  EXPECT_EQ(model.find("conv3", "weight")->rate, 1);
  const auto error = [](const char* until) {
    return error_of([&] {
      Model other = staged();
      set_rates({.data = "d", .freeze_until = until}, other);
    });
  };
  EXPECT_EQ(error("conv7"), "--freeze-until conv7: the network has no layer conv7; the last is fc1");
  EXPECT_EQ(error("fc1"), "--freeze-until fc1: nothing is left to learn");
}

TEST(TrainSettings, WhatIsOutOfBoundsIsNamed) {
  const auto error = [](auto set) {
    TrainSettings settings;
    set(settings);
    return error_of([&] {
      FieldValidator check("train");
      settings.fields(check);
    });
  };
  EXPECT_EQ(error([](TrainSettings&) {}), "");
  EXPECT_NE(error([](TrainSettings& s) { s.size = 5000; }).find("train: size is 5000"), std::string::npos);
  EXPECT_NE(error([](TrainSettings& s) { s.head_rate = 0; }).find("train: lr_head is 0"), std::string::npos);
  EXPECT_NE(error([](TrainSettings& s) { s.training.epochs = 0; }).find("train: epochs is 0"),
            std::string::npos);
}

}  // namespace
}  // namespace doppel::nn
