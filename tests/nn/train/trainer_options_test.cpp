#include <gtest/gtest.h>

#include <algorithm>

#include "doppel/base/settings.h"
#include "doppel/nn/train/trainer.h"
#include "error_of.h"

namespace doppel::nn {
namespace {

TEST(TrainerOptions, KindsAreListedWithTheirOwnFields) {
  TrainerOptions options;
  options.optimizer = Sgd{.momentum = 0.75};
  options.schedule = Steps{.epochs = 7, .factor = 0.5};
  options.loss = Focal{.focus = 3};
  options.precision = Precision::BF16;
  const auto settings = settings_of(options);
  const auto value = [&](const char* name) -> std::string {
    EXPECT_EQ(std::ranges::count(settings, name, &SettingText::name), 1) << name;
    const auto found = std::ranges::find(settings, name, &SettingText::name);
    return found == settings.end() ? "" : found->value;
  };
  EXPECT_EQ(value("optimizer"), "sgd");
  EXPECT_EQ(value("momentum"), "0.75");
  EXPECT_EQ(value("schedule"), "steps");
  EXPECT_EQ(value("step_epochs"), "7");
  EXPECT_EQ(value("step_factor"), "0.5");
  EXPECT_EQ(value("loss"), "focal");
  EXPECT_EQ(value("precision"), "bf16");
  for (const char* name : {"epochs", "accumulate", "lr", "warm_up", "plateau", "plateau_factor", "clip",
                           "average", "seed", "valid_every", "patience", "threads", "shards"})
    value(name);
}

TEST(TrainerOptions, WhatResultsDependOnMayNotDiffer) {
  const auto difference = [](auto set) {
    TrainerOptions before, now;
    set(now);
    const auto found = first_difference(settings_of(before), settings_of(now));
    return found ? found->name : "";
  };
  for (const auto& free :
       {+[](TrainerOptions& o) { o.threads = 3; }, +[](TrainerOptions& o) { o.shards = 3; },
        +[](TrainerOptions& o) { o.valid_every = 3; }, +[](TrainerOptions& o) { o.epochs = 30; }})
    EXPECT_EQ(difference(free), "");
  EXPECT_EQ(difference([](TrainerOptions& o) { o.epochs = 3; }), "epochs");
  EXPECT_EQ(difference([](TrainerOptions& o) { o.accumulate = 2; }), "accumulate");
  EXPECT_EQ(difference([](TrainerOptions& o) { o.optimizer = Lion{}; }), "optimizer");
  EXPECT_EQ(difference([](TrainerOptions& o) { o.optimizer = AdamW{.beta1 = 0.8}; }), "beta1");
  EXPECT_EQ(difference([](TrainerOptions& o) { o.average = 0.99; }), "average");
  EXPECT_EQ(difference([](TrainerOptions& o) { o.clip_norm = 1; }), "clip");
  EXPECT_EQ(difference([](TrainerOptions& o) { o.precision = Precision::BF16; }), "precision");
  EXPECT_EQ(difference([](TrainerOptions& o) { o.seed = 2; }), "seed");
}

TEST(TrainerOptions, WhatIsOutOfBoundsIsNamed) {
  const auto error = [](auto set) {
    TrainerOptions options;
    set(options);
    return error_of([&] {
      FieldValidator check("train");
      options.fields(check);
    });
  };
  EXPECT_EQ(error([](TrainerOptions&) {}), "");
  EXPECT_EQ(error([](TrainerOptions& o) { o.accumulate = 0; }),
            "train: accumulate is 0, but must be at least 1");
  EXPECT_NE(error([](TrainerOptions& o) { o.average = 1; }).find("average is 1"), std::string::npos);
  EXPECT_NE(error([](TrainerOptions& o) { o.plateau_factor = 0; }).find("plateau_factor is 0"),
            std::string::npos);
  EXPECT_NE(error([](TrainerOptions& o) { o.rate = -1; }).find("lr is -1"), std::string::npos);
}

}  // namespace
}  // namespace doppel::nn
