#include "tar_header.h"

#include <fmt/format.h>

#include "doppel/base/error.h"

namespace doppel::dataset::pack {

std::array<char, kTarBlock> tar_header(const std::string& name, std::uint64_t size) {
  if (name.size() > 100) throw Error(fmt::format("the name {} is too long for a shard", name));
  if (size >> 33 != 0) throw Error(fmt::format("{}: {} bytes are too large for a shard", name, size));
  std::array<char, kTarBlock> header{};
  name.copy(header.data(), name.size());
  const auto put = [&](std::size_t at, const std::string& text) {
    text.copy(header.data() + at, text.size());
  };
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  put(124, fmt::format("{:011o}", size));
  put(136, "00000000000");
  put(148, "        ");
  header[156] = '0';
  put(257, "ustar");
  put(263, "00");
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  put(148, fmt::format("{:06o}", sum));
  header[154] = 0;
  return header;
}

}  // namespace doppel::dataset::pack
