// One run at a time into a folder.
#pragma once

#include <filesystem>
#include <vector>

namespace doppel::apps {

/// Holds a folder, which is made where it isn't there, for as long as this lives; the system lets go of it
/// whenever its process ends, however that happens. A folder of a store on the network isn't held.
class FolderLock {
 public:
  /// Holds none.
  FolderLock() = default;
  /// Removes what writers left half written there that no longer run ("model.safetensors.123.tmp"), where
  /// `alone` says that nobody on another machine writes there. Throws Error, with the folder and the process,
  /// where another run has it.
  FolderLock(const std::filesystem::path& folder, bool alone);
  ~FolderLock();
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&& other) noexcept;

 private:
  int fd_ = -1;
  std::vector<std::filesystem::path> made_;  ///< which go again where nothing was written into them
};

}  // namespace doppel::apps
