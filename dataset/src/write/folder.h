// The folder that a data set is written into.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "doppel/base/settings.h"

namespace doppel::dataset::write {

/// Makes the folder, or finds out that it is the work of the same settings. Throws UsageError where `out`
/// lies in the folder `data` or holds it, where it holds anything else, or where a setting differs: the first
/// is named with both values.
void prepare_folder(const std::filesystem::path& out, const std::string& data,
                    std::span<const SettingText> settings);

/// What is there until all is written: the journal, and files that are being written.
std::filesystem::path hidden_folder(const std::filesystem::path& out);

/// Writes files so that each is there whole or not at all; its folders come by themselves. For any number of
/// threads, each with names of its own. What a full disk left is gone.
class FileWriter {
 public:
  /// Forgets what another process left unfinished.
  explicit FileWriter(std::filesystem::path out);
  /// `name`: below the folder. Throws Error with the path and the reason.
  void write(const std::string& name, std::span<const unsigned char> bytes) const;

 private:
  std::filesystem::path out_, unfinished_;
};

}  // namespace doppel::dataset::write
