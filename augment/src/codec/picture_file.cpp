#include "doppel/codec/picture_file.h"

#include <fmt/format.h>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/remote.h"
#include "doppel/codec/image.h"

namespace doppel {

std::vector<unsigned char> read_picture(const std::filesystem::path& path) {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 32, kUsual = std::uint64_t{16} << 20;
  constexpr std::size_t kHead = 4096;
  if (is_remote(path.native())) return read_file(path);  // whose size would take a request
  const std::uint64_t size = size_of_file(path);
  if (size > kMost) throw Error(fmt::format("a file of {} bytes; pictures have up to 4 GiB", size));
  if (size > kUsual && image_kind(read_head(path, kHead)) == ImageKind::Unknown)
    throw Error(fmt::format("not an image that is read: {} bytes that begin as none does", size));
  return read_file(path);
}

}  // namespace doppel
