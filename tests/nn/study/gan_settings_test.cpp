#include "doppel/nn/study/gan_settings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "doppel/base/settings.h"

namespace doppel::nn {
namespace {

TEST(GanSettings, PrecisionIsAskedForOnceAndMayBeAuto) {
  const auto settings = settings_of(GanSettings{.data = "sample:digits"});
  std::set<std::string> names;
  for (const SettingText& setting : settings) EXPECT_TRUE(names.insert(setting.name).second) << setting.name;
  const auto value = [&](const char* name) {
    const auto found = std::ranges::find(settings, name, &SettingText::name);
    return found == settings.end() ? "" : found->value;
  };
  EXPECT_EQ(value("precision"), "auto");
  EXPECT_EQ(value("data"), "'sample:digits'");
  EXPECT_EQ(value("preset"), "rpgan");
  EXPECT_EQ(value("every"), "500");
  // The options' own are among them.
  for (const SettingText& setting : settings_of(GanOptions{})) EXPECT_TRUE(names.contains(setting.name));
}

TEST(GanSettings, APresetsFieldsAreOptionsThatItChanges) {
  const auto settings = settings_of(GanOptions{});
  for (const std::string_view name : GanSettings::preset_fields())
    EXPECT_NE(std::ranges::find(settings, name, &SettingText::name), settings.end()) << name;
  // Whatever differs between presets is one of them.
  const auto fields = GanSettings::preset_fields();
  std::set<std::string> changed;
  const auto first = settings_of(gan_preset("rpgan", {1, 28, 28}));
  for (const std::string_view preset : gan_presets())
    for (const int side : {28, 64}) {
      const auto other = settings_of(gan_preset(std::string(preset), {1, side, side}));
      for (std::size_t i = 0; i < first.size(); ++i)
        if (first[i].value != other[i].value) changed.insert(first[i].name);
    }
  for (const std::string& name : changed) EXPECT_NE(std::ranges::find(fields, name), fields.end()) << name;
  EXPECT_EQ(changed.size(), fields.size());
}

TEST(GanSettings, MeasuringMoreOftenChangesNothing) {
  GanSettings before, now;
  now.every = 7;
  EXPECT_FALSE(first_difference(settings_of(before), settings_of(now)));
  now.score_steps = 7;
  EXPECT_EQ(first_difference(settings_of(before), settings_of(now))->name, "score_steps");
}

}  // namespace
}  // namespace doppel::nn
