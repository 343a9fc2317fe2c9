#include "folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/format_version.h"
#include "doppel/base/hash.h"
#include "pack/apart.h"

namespace doppel::dataset::write {
namespace {

namespace fs = std::filesystem;

constexpr int kFormat = 1;
constexpr const char* kSettingsFile = "augment.yaml";

std::string yaml_of(std::span<const SettingText> settings) {
  std::string text = fmt::format(
      "# What doppel augment made this folder with. The same command goes on where it was stopped; another "
      "one\n"
      "# needs another folder.\nformat: {}\ncommand: augment\nsettings:\n",
      kFormat);
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

void check_same(const fs::path& out, std::span<const SettingText> settings) {
  const auto differs = first_difference(recorded(out / kSettingsFile), settings);
  if (!differs) return;
  const auto [before, now] = where_they_differ(differs->before, differs->now);
  throw UsageError(
      fmt::format("{} was made with another {}: '{}', now '{}'; the same command goes on, another one "
                  "needs another folder",
                  out.string(), differs->name, before, now));
}

void write_whole(const fs::path& path, std::span<const unsigned char> bytes) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  const auto fail = [&](int reason) {
    if (fd >= 0) ::close(fd);
    ::unlink(path.c_str());
    throw Error(std::strerror(reason));
  };
  if (fd < 0) fail(errno);
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(errno);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  if (::close(fd) != 0) throw Error(std::strerror(errno));
}

}  // namespace

namespace {

/// Of a run that ended while it wrote the first file, its beginning is left: that is nothing.
bool holds_nothing(const fs::path& out) {
  for (const auto& entry : fs::directory_iterator(out)) {
    const std::string name = entry.path().filename();
    if (!name.starts_with(std::string(kSettingsFile) + '.') || !name.ends_with(".tmp")) return false;
  }
  for (const auto& entry : fs::directory_iterator(out)) fs::remove(entry.path());
  return true;
}

}  // namespace

fs::path hidden_folder(const fs::path& out) { return out / ".augment"; }

void prepare_folder(const fs::path& out, const std::string& data, std::span<const SettingText> settings) {
  pack::check_apart(out, data);
  std::error_code error;
  if (fs::exists(out / kSettingsFile, error)) return check_same(out, settings);
  if (fs::exists(out, error) && !fs::is_directory(out, error))
    throw UsageError(fmt::format("{} is a file; --out needs a folder that is new or empty", out.string()));
  if (fs::exists(out, error) && !holds_nothing(out))
    throw UsageError(
        fmt::format("{} holds something that isn't doppel augment's; --out needs a folder that is new or "
                    "empty",
                    out.string()));
  fs::create_directories(out, error);
  if (error) throw Error(fmt::format("can't make the folder {}: {}", out.string(), error.message()));
  write_file(out / kSettingsFile, yaml_of(settings));
}

FileWriter::FileWriter(fs::path out) : out_(std::move(out)), unfinished_(hidden_folder(out_) / "unfinished") {
  std::error_code error;
  fs::remove_all(unfinished_, error);
  fs::create_directories(unfinished_, error);
  if (error) throw Error(fmt::format("can't make the folder {}: {}", unfinished_.string(), error.message()));
}

void FileWriter::write(const std::string& name, std::span<const unsigned char> bytes) const {
  const fs::path path = out_ / name;
  const fs::path beside = unfinished_ / fmt::format("{:016x}", fnv1a(name));
  try {
    write_whole(beside, bytes);
    if (::rename(beside.c_str(), path.c_str()) == 0) return;
    if (errno != ENOENT) throw Error(std::strerror(errno));
    fs::create_directories(path.parent_path());
    if (::rename(beside.c_str(), path.c_str()) != 0) throw Error(std::strerror(errno));
  } catch (const std::exception& error) {
    ::unlink(beside.c_str());
    throw Error(fmt::format("can't write {}: {}", path.string(), error.what()));
  }
}

}  // namespace doppel::dataset::write
