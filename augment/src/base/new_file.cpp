#include "doppel/base/new_file.h"

#include <fcntl.h>
#include <unistd.h>

namespace doppel {

int open_new_file(const std::filesystem::path& path) {
  ::unlink(path.c_str());
  return ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
}

}  // namespace doppel
