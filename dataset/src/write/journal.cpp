#include "journal.h"

namespace doppel::dataset::write {
namespace {

namespace fs = std::filesystem;

/// Whether a line's files are there, in their size.
bool has_files(const std::string& text, const fs::path& folder) {
  const auto line = nlohmann::json::parse(text, nullptr, false);
  if (!line.is_object() || !line.contains("files")) return false;
  for (const auto& file : line["files"]) {
    std::error_code error;
    const auto size = fs::file_size(folder / file.at(0).get<std::string>(), error);
    if (error || size != file.at(1).get<std::uint64_t>()) return false;
  }
  return true;
}

}  // namespace

Journal::Journal(const fs::path& file, const fs::path& folder)
    : lines_(file, folder, [&folder](const std::string& line) { return has_files(line, folder); }) {}

void Journal::each(const std::function<void(const nlohmann::json& line)>& take) const {
  lines_.each([&take](const std::string& line) { take(nlohmann::json::parse(line)); });
}

}  // namespace doppel::dataset::write
