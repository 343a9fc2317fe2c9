#include "doppel/dataset/write/begun_folder.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/format_version.h"
#include "doppel/base/remote.h"

namespace doppel::dataset {
namespace {

namespace fs = std::filesystem;

constexpr int kFormat = 1;

std::string yaml_of(const std::string& command, std::span<const SettingText> settings) {
  std::string text = fmt::format(
      "# What doppel {} made this folder with. The same command goes on where it was stopped; another "
      "one\n"
      "# needs another folder.\nformat: {}\ncommand: {}\nsettings:\n",
      command, kFormat, command);
  for (const SettingText& setting : settings)
    text += fmt::format(
        "  {}: {}\n", setting.name,
        nlohmann::json(setting.value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  return text;
}

std::vector<SettingText> recorded(const fs::path& file) {
  const std::vector<unsigned char> bytes = read_file(file);
  try {
    const YAML::Node root = YAML::Load(std::string(bytes.begin(), bytes.end()));
    check_format(root["format"].as<std::string>("none"), kFormat, file.string());
    std::vector<SettingText> settings;
    for (const auto& pair : root["settings"])
      settings.push_back({pair.first.as<std::string>(), pair.second.as<std::string>()});
    return settings;
  } catch (const YAML::Exception&) {
    throw Error(fmt::format("{} is damaged; write into another folder", file.string()));
  }
}

/// Of texts of several lines, the first that differ.
std::pair<std::string, std::string> where_they_differ(const std::string& before, const std::string& now) {
  const auto lines = [](const std::string& text) {
    std::vector<std::string> all;
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      all.push_back(text.substr(at, end - at));
      at = end + 1;
    }
    return all;
  };
  const auto a = lines(before), b = lines(now);
  const auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  const auto shown = [](const auto& at, const auto& end) -> std::string {
    if (at == end) return "nothing more";
    constexpr std::size_t kMost = 80;
    return at->size() > kMost ? at->substr(0, kMost) + " …" : *at;
  };
  return {shown(x, a.end()), shown(y, b.end())};
}

void check_same(const fs::path& out, const fs::path& file, std::span<const SettingText> settings) {
  const auto differs = first_difference(recorded(file), settings);
  if (!differs) return;
  const auto [before, now] = where_they_differ(differs->before, differs->now);
  throw UsageError(
      fmt::format("{} was made with another {}: '{}', now '{}'; the same command goes on, another one "
                  "needs another folder",
                  out.string(), differs->name, before, now));
}

/// Of a run that ended while it wrote the first file, its beginning is left: that is nothing.
bool holds_nothing(const fs::path& out, const std::string& settings_file) {
  for (const auto& entry : fs::directory_iterator(out)) {
    const std::string name = entry.path().filename();
    if (!name.starts_with(settings_file + '.') || !name.ends_with(".tmp")) return false;
  }
  for (const auto& entry : fs::directory_iterator(out)) fs::remove(entry.path());
  return true;
}

}  // namespace

void begin_folder(const fs::path& out, const std::string& command, std::span<const SettingText> settings) {
  const fs::path file = out / (command + ".yaml");
  std::error_code error;
  if (fs::exists(file, error)) return check_same(out, file, settings);
  if (fs::exists(out, error) && !fs::is_directory(out, error))
    throw UsageError(fmt::format("{} is a file; --out needs a folder that is new or empty", out.string()));
  if (fs::exists(out, error) && !holds_nothing(out, file.filename()))
    throw UsageError(
        fmt::format("{} holds something that isn't doppel {}'s; --out needs a folder that is new or "
                    "empty",
                    out.string(), command));
  make_folder(out);
  write_file(file, yaml_of(command, settings));
}

std::string unfinished_command(const fs::path& folder) {
  if (is_remote(folder.native())) return {};  // where no command works, and asking takes long
  for (const char* command : {"augment", "generate"})
    if (is_folder(folder / fmt::format(".{}", command) / "unfinished")) return command;
  return {};
}

}  // namespace doppel::dataset
