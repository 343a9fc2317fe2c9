#include "doppel/base/folder_identity.h"

#include <fmt/format.h>
#include <sys/stat.h>

namespace doppel {

std::string folder_identity(const std::filesystem::path& folder) {
  struct stat facts{};
  if (::stat(folder.c_str(), &facts) != 0) return {};
  return fmt::format("{}:{}", facts.st_dev, facts.st_ino);
}

}  // namespace doppel
