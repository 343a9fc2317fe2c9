// Settings in a checkpoint's metadata.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "doppel/augment/recipe/recipe.h"
#include "doppel/base/settings.h"

namespace doppel::nn {

/// A setting for each line of the recipe.
void add_recipe(std::vector<SettingText>& settings, const augment::Recipe& recipe);
/// Of those that must not differ freely.
std::string settings_json(const std::vector<SettingText>& settings);
/// Compares what a file's metadata has as "settings" with what holds now. Throws Error, naming `path`, the
/// setting and both values, where it differs, and where the file has none.
void check_settings(const std::map<std::string, std::string>& metadata, const std::vector<SettingText>& now,
                    const std::string& path);

/// The same as a file of its own: study.json.
void record_settings(const std::filesystem::path& path, const std::vector<SettingText>& settings);
void check_recorded_settings(const std::filesystem::path& path, const std::vector<SettingText>& now);

}  // namespace doppel::nn
