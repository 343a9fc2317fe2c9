#include "recorded_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/format_version.h"
#include "doppel/nn/formats/safetensors.h"
#include "doppel/nn/train/trainer.h"
#include "formats/json_fault.h"

namespace doppel::nn {
namespace {

constexpr int kStudyFormat = 2;  // 1 had fewer settings, and no number

}  // namespace

void add_recipe(std::vector<SettingText>& settings, const augment::Recipe& recipe) {
  std::istringstream text(recipe.yaml());
  int number = 0;
  for (std::string line; std::getline(text, line);)
    settings.push_back({fmt::format("line {} of the recipe", ++number), line});
}

std::string settings_json(const std::vector<SettingText>& settings) {
  nlohmann::json json = nlohmann::json::array();
  for (const SettingText& setting : settings)
    if (setting.may_differ != MayDiffer::Yes) json.push_back({setting.name, setting.value});
  return json.dump();
}

namespace {

std::vector<SettingText> read_settings(const std::string& text, const std::string& path) {
  std::vector<SettingText> settings;
  try {
    for (const auto& setting : nlohmann::json::parse(text))
      settings.push_back({setting.at(0), setting.at(1)});
  } catch (const nlohmann::json::exception& error) {
    throw Error(fmt::format("{}: its settings are damaged: {}", path, json_fault(error)));
  }
  return settings;
}

/// Throws Error, naming `path`, where they differ.
void check_text(const std::string& text, const std::vector<SettingText>& now, const std::string& path) {
  const std::vector<SettingText> before = read_settings(text, path);
  if (const auto differs = first_difference(before, now))
    throw UsageError(fmt::format("{}: was made with {} = {}, not {}; go on with the same", path,
                                 differs->name, differs->before, differs->now));
}

}  // namespace

void check_settings(const std::map<std::string, std::string>& metadata, const std::vector<SettingText>& now,
                    const std::string& path) {
  const auto text = metadata.find("settings");
  if (text == metadata.end())
    throw Error(path + ": doppel 0.1.0 made this, which didn't record all settings; it can't be resumed");
  check_text(text->second, now, path);
}

std::string recorded_setting(const std::filesystem::path& checkpoint, std::string_view name) {
  const auto metadata = load_tensors(checkpoint).metadata;
  const auto text = metadata.find("settings");
  if (text == metadata.end()) return "";
  const std::vector<SettingText> settings = read_settings(text->second, checkpoint.string());
  const auto found = std::ranges::find(settings, name, &SettingText::name);
  return found == settings.end() ? "" : found->value;
}

void record_settings(const std::filesystem::path& path, const std::vector<SettingText>& settings) {
  const nlohmann::json json{{"format", kStudyFormat},
                            {"settings", nlohmann::json::parse(settings_json(settings))}};
  write_file(path, json.dump(1) + "\n");
}

void check_recorded_settings(const std::filesystem::path& path, const std::vector<SettingText>& now) {
  const std::vector<unsigned char> text = read_file(path);
  const auto json = nlohmann::json::parse(text.begin(), text.end(), nullptr, false);
  if (!json.is_object() || !json.contains("format") || !json.contains("settings"))
    throw Error(path.string() + ": isn't the settings of a study that this doppel can go on with");
  check_format(json["format"].dump(), kStudyFormat, path.string());
  if (json["format"] != kStudyFormat)
    throw Error(fmt::format(
        "{}: has format {}, which lacks settings that are compared; begin the study in another folder",
        path.string(), json["format"].dump()));
  check_text(json["settings"].dump(), now, path.string());
}

}  // namespace doppel::nn
