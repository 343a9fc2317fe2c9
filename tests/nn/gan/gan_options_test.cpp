#include <gtest/gtest.h>

#include <algorithm>

#include "doppel/base/settings.h"
#include "doppel/nn/gan/gan.h"
#include "error_of.h"

namespace doppel::nn {
namespace {

TEST(GanOptions, EveryFieldIsListedOnceByItsName) {
  GanOptions options;
  options.loss = GanLoss::LeastSquares;
  options.precision = Precision::BF16;
  options.augment_target = 0.6;
  const auto settings = settings_of(options);
  const auto value = [&](const char* name) -> std::string {
    EXPECT_EQ(std::ranges::count(settings, name, &SettingText::name), 1) << name;
    const auto found = std::ranges::find(settings, name, &SettingText::name);
    return found == settings.end() ? "" : found->value;
  };
  EXPECT_EQ(value("loss"), "least-squares");
  EXPECT_EQ(value("precision"), "bf16");
  EXPECT_EQ(value("ada"), "0.6");
  EXPECT_EQ(value("lr"), "0.0005");
  for (const char* name : {"generator", "discriminator", "latent", "spectral", "penalty", "penalty_between",
                           "critic_steps", "steps", "batch", "beta1", "beta2", "average", "augment_chance",
                           "seed", "threads", "shards", "lecam", "freeze_d"})
    value(name);
  EXPECT_EQ(settings.size(), 23U);
}

TEST(GanOptions, OnlyThreadsMayDifferAndOnlyStepsGrow) {
  GanOptions before, now;
  const auto difference = [&] {
    const auto found = first_difference(settings_of(before), settings_of(now));
    return found ? found->name : "";
  };
  now.threads = 7;
  now.steps = before.steps + 1;
  EXPECT_EQ(difference(), "");
  now.steps = before.steps - 1;
  EXPECT_EQ(difference(), "steps");
  now = before;
  now.shards = before.shards + 1;
  EXPECT_EQ(difference(), "shards");
  now = before;
  now.beta1 = 0.5;
  EXPECT_EQ(difference(), "beta1");
}

TEST(GanOptions, WhatIsOutOfBoundsIsNamed) {
  const auto error = [](auto set) {
    GanOptions options;
    set(options);
    return error_of([&] {
      FieldValidator check("gan");
      options.fields(check);
    });
  };
  EXPECT_EQ(error([](GanOptions&) {}), "");
  EXPECT_EQ(error([](GanOptions& o) { o.penalty = -1; }), "gan: penalty is -1, but must be at least 0");
  EXPECT_NE(error([](GanOptions& o) { o.rate = 0; }).find("gan: lr is 0"), std::string::npos);
  EXPECT_NE(error([](GanOptions& o) { o.beta2 = 1; }).find("gan: beta2 is 1"), std::string::npos);
  EXPECT_NE(error([](GanOptions& o) { o.augment_chance = 1.5; }).find("gan: augment_chance is 1.5"),
            std::string::npos);
  EXPECT_NE(error([](GanOptions& o) { o.batch = 0; }).find("gan: batch is 0"), std::string::npos);
}

}  // namespace
}  // namespace doppel::nn
