// Where the images of a manifest are.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "doppel/dataset/sources/remark.h"

namespace doppel::dataset {

/// Paths as manifests hold them: with slashes or backslashes, absolute ones, those of another machine.
class ManifestPaths {
 public:
  /// What is done with a path that isn't below the root: it's an error, or what it ends in is looked for
  /// there.
  enum class Foreign { Refuse, LookFor };
  ManifestPaths(std::filesystem::path root, Foreign foreign);
  /// The same below the root, or as it is where it's one of the network. Throws Error where it leaves it, or,
  /// with LookFor, isn't there; a remark counts those that were looked for.
  std::string below(std::string_view path, Remarks& remarks) const;

 private:
  std::string on_network(const std::string& address) const;
  std::string look_for(const std::string& path, Remarks& remarks) const;
  std::filesystem::path root_;
  std::string prefix_, true_prefix_;  ///< of absolute paths below the root, without and with links followed
  Foreign foreign_;
};

}  // namespace doppel::dataset
