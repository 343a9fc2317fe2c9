// ZIP archives made byte by byte, also such as no program writes.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace doppel {

/// A number, the least byte first.
inline std::string little_endian(std::uint64_t value, int size) {
  std::string text;
  for (int i = 0; i < size; ++i) text += static_cast<char>(value >> (8 * i));
  return text;
}

/// Packed without a header, as archives have it.
inline std::string deflated(std::string_view data) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, static_cast<uLong>(data.size())) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

/// What an entry says of itself; numbers below 0 are the true ones.
struct ZipMember {
  std::string name, data;
  bool pack = false;
  int method = -1, flags = 0;
  std::int64_t size = -1, packed_size = -1, crc = -1, at = -1;
  std::uint32_t unix_mode = 0;
};

/// An archive of these; `before`: put before it, as a self-extracting one has it.
inline std::string zip_bytes(const std::vector<ZipMember>& members, const std::string& comment = "",
                             const std::string& before = "") {
  std::string local, central;
  for (const ZipMember& member : members) {
    const std::string data = member.pack ? deflated(member.data) : member.data;
    const auto or_said = [](std::int64_t said, std::uint64_t is) {
      return little_endian(said < 0 ? is : static_cast<std::uint64_t>(said), 4);
    };
    const std::string facts =
        little_endian(20, 2) + little_endian(static_cast<std::uint64_t>(member.flags), 2) +
        little_endian(member.method < 0 ? (member.pack ? 8 : 0) : static_cast<std::uint64_t>(member.method),
                      2) +
        std::string(4, '\0') +
        or_said(member.crc,
                crc32_z(0, reinterpret_cast<const Bytef*>(member.data.data()), member.data.size())) +
        or_said(member.packed_size, data.size()) + or_said(member.size, member.data.size()) +
        little_endian(member.name.size(), 2);
    central += little_endian(0x02014b50, 4) + little_endian(member.unix_mode != 0 ? 3 << 8 : 0, 2) + facts +
               std::string(8, '\0') + little_endian(std::uint64_t{member.unix_mode} << 16, 4) +
               or_said(member.at, local.size()) + member.name;
    local += little_endian(0x04034b50, 4) + facts + std::string(2, '\0') + member.name + data;
  }
  return before + local + central + little_endian(0x06054b50, 4) + std::string(4, '\0') +
         little_endian(members.size(), 2) + little_endian(members.size(), 2) +
         little_endian(central.size(), 4) + little_endian(local.size(), 4) +
         little_endian(comment.size(), 2) + comment;
}

/// Makes an archive of all files below a folder, beginning with the folders that lie in it; a folder without
/// files has an entry of its own.
inline std::filesystem::path zip_folder(const std::filesystem::path& folder,
                                        const std::filesystem::path& archive, bool pack) {
  std::vector<ZipMember> members;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    ZipMember member{.name = entry.path().lexically_relative(folder).string(), .data = "", .pack = pack};
    if (entry.is_directory()) {
      member.name += '/', member.pack = false;
    } else {
      std::ifstream file(entry.path(), std::ios::binary);
      member.data.assign(std::istreambuf_iterator<char>(file), {});
    }
    members.push_back(std::move(member));
  }
  std::ofstream(archive, std::ios::binary) << zip_bytes(members);
  return archive;
}

}  // namespace doppel
