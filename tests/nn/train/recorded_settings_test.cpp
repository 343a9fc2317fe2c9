#include "train/recorded_settings.h"

#include <gtest/gtest.h>

#include "dataset/temporary_folder.h"
#include "doppel/base/files.h"
#include "error_of.h"

namespace doppel::nn {
namespace {

TEST(RecordedSettings, OnlyWhatMayNotDifferFreelyIsKept) {
  const std::vector<SettingText> settings{
      {"rate", "0.1"}, {"epochs", "4", MayDiffer::InLength}, {"threads", "3", MayDiffer::Yes}};
  EXPECT_EQ(settings_json(settings), R"([["rate","0.1"],["epochs","4"]])");
}

TEST(RecordedSettings, ARecipeIsASettingForEachLine) {
  std::vector<SettingText> settings{{"rate", "0.1"}};
  add_recipe(settings, {});
  const std::size_t none = settings.size();
  add_recipe(settings, augment::Recipe::from_yaml("- HorizontalFlip: {p: 0.5}\n- Brightness: {p: 1}\n"));
  ASSERT_GT(settings.size(), none + 1);
  EXPECT_EQ(settings[none].name, "line 1 of the recipe");
  EXPECT_EQ(settings[none + 1].name, "line 2 of the recipe");
  for (std::size_t i = none; i < settings.size(); ++i) EXPECT_EQ(settings[i].may_differ, MayDiffer::No);
}

TEST(RecordedSettings, AFilesMetadataIsHeldToWhatHoldsNow) {
  const std::vector<SettingText> before{
      {"rate", "0.1"}, {"epochs", "4", MayDiffer::InLength}, {"threads", "3", MayDiffer::Yes}};
  const std::map<std::string, std::string> metadata{{"settings", settings_json(before)}};
  const auto error = [&](std::vector<SettingText> now) {
    return error_of([&] { check_settings(metadata, now, "run.st"); });
  };
  std::vector<SettingText> now = before;
  EXPECT_EQ(error(now), "");
  now[1].value = "9";
  now[2].value = "1";
  EXPECT_EQ(error(now), "");
  now[0].value = "0.2";
  EXPECT_EQ(error(now), "run.st: was made with rate = 0.1, not 0.2; go on with the same");
  now = before;
  now.push_back({"clip", "1"});
  EXPECT_EQ(error(now), "run.st: was made with clip = nothing, not 1; go on with the same");
  EXPECT_NE(error_of([&] { check_settings({}, before, "run.st"); }).find("run.st: doppel 0.1.0 made this"),
            std::string::npos);
  EXPECT_NE(error_of([&] {
              check_settings({{"settings", "[[1"}}, before, "run.st");
            }).find("run.st: its settings are damaged"),
            std::string::npos);
}

TEST(RecordedSettings, AStudysFileIsTheSame) {
  const dataset::TemporaryFolder folder;
  const auto path = folder.path() / "study.json";
  const std::vector<SettingText> before{{"rate", "0.1"}};
  record_settings(path, before);
  EXPECT_NO_THROW(check_recorded_settings(path, before));
  EXPECT_EQ(error_of([&] { check_recorded_settings(path, {{"rate", "0.2"}}); }),
            path.string() + ": was made with rate = 0.1, not 0.2; go on with the same");
  for (const char* text : {"", "{", "[]", R"({"rate": 1})"}) {
    write_file(path, std::string_view(text));
    EXPECT_NE(error_of([&] { check_recorded_settings(path, before); }).find("isn't the settings of a study"),
              std::string::npos)
        << text;
  }
  write_file(path, std::string_view(R"({"format": 99, "settings": []})"));
  EXPECT_TRUE(error_of([&] { check_recorded_settings(path, before); }).starts_with(path.string()));
}

}  // namespace
}  // namespace doppel::nn
