// One shard, written beside its name and renamed when it is whole.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "companions.h"
#include "doppel/codec/jpeg_tiles.h"
#include "format.h"

namespace doppel::dataset::pack {

class ShardWriter {
 public:
  ShardWriter(std::filesystem::path path, std::uint32_t shard, const std::string& classes);
  ~ShardWriter();
  ShardWriter(const ShardWriter&) = delete;
  ShardWriter& operator=(const ShardWriter&) = delete;
  /// Adds key.extension, its companions behind it (key.mask0.png …), and key.cls or key.json where there is
  /// something to say. `tiles`: of the image, where it has any.
  void add(const std::string& key, std::string_view extension, std::span<const unsigned char> image,
           Record record, const std::string& name, const std::string& label, const std::string& note,
           std::span<const Companion> files, const std::optional<JpegTileTable>& tiles = {});
  /// Facts where there are any (bytes_of()), index, end mark, header; flushed to disk and renamed. Returns
  /// the file's size.
  std::uint64_t finish(std::uint32_t shards, std::span<const unsigned char> facts = {});

 private:
  ShardWriter(std::filesystem::path path, std::uint32_t shard);
  void write(const void* data, std::size_t size);
  std::uint64_t member(const std::string& name, std::span<const unsigned char> content);
  std::uint32_t string(const std::string& text);
  std::uint32_t tile_table(const JpegTileTable& table);
  std::vector<unsigned char> index(const TilesPlace& tiles) const;

  std::filesystem::path path_, beside_;
  int fd_ = -1;
  std::uint64_t at_ = 0;
  std::uint32_t shard_, version_ = kPlainVersion;
  std::vector<Record> records_;
  std::string strings_, tiles_;
};

}  // namespace doppel::dataset::pack
