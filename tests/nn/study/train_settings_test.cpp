#include "doppel/nn/study/train_settings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "doppel/base/settings.h"
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
