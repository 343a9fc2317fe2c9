// Folders that a command fills with images, and goes on with where it was stopped.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "doppel/base/settings.h"

namespace doppel::dataset {

/// Makes the folder, or finds out that the same settings began it, which stand in `command`.yaml there.
/// Throws UsageError where it holds anything else, or where a setting differs: the first is named with both
/// values; Error where it can't be made or its settings are damaged.
void begin_folder(const std::filesystem::path& out, const std::string& command,
                  std::span<const SettingText> settings);

/// What a command that was stopped there, and can go on, is called ("generate"); empty where none was. A
/// command has a folder "unfinished" in its hidden one until all is written.
std::string unfinished_command(const std::filesystem::path& folder);

}  // namespace doppel::dataset
