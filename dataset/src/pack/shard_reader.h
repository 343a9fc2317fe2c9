// One shard of a pack, by its index.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <vector>

#include "doppel/base/random_file.h"
#include "doppel/codec/jpeg_tiles.h"
#include "format.h"
#include "notes.h"

namespace doppel::dataset::pack {

/// Reads the header at once, and the index when it's first asked for: a pack of a million samples opens in
/// milliseconds, and a damaged index costs its own shard alone. Safe from any number of threads.
class ShardReader {
 public:
  /// Throws Error where it isn't a shard of ours.
  explicit ShardReader(const std::filesystem::path& path);
  static bool is_shard(const std::filesystem::path& path);
  const std::filesystem::path& path() const { return file_.path(); }
  const Header& header() const { return header_; }
  std::size_t size() const { return header_.samples; }
  bool is_far() const { return file_.is_far(); }
  /// These throw Error where the index is damaged.
  const std::vector<Record>& records() const;
  /// The text at a place in the strings.
  std::string string(std::uint32_t at) const;
  /// The image's file. Throws Error where its checksum isn't the index'.
  std::vector<unsigned char> bytes(const Record& record) const;
  /// Where the image's tiles lie; nothing where none are known. Throws Error where its table is damaged.
  std::optional<JpegTileTable> tiles(const Record& record) const;
  /// Parts of the image's file, to their places in `image`.
  void read(const Record& record, std::span<const FilePart> parts, std::span<unsigned char> image) const;
  /// Starts to fetch them.
  void fetch(const Record& record, std::span<const FilePart> parts) const;
  /// Asks the system to read a sample's files into its cache: all up to where the next sample's begin.
  void fetch(std::size_t number) const;
  /// Where the files behind an image lie, as its note promises them. Throws Error where one can't be there.
  std::vector<FilePart> places(const Record& record, std::span<const PromisedFile> promised) const;
  /// Starts to fetch the image and the files behind it, each by itself as they will be read.
  void fetch(const Record& record, std::span<const PromisedFile> promised) const;
  /// Those files. Throws Error where one isn't what was packed.
  std::vector<std::vector<unsigned char>> companions(const Record& record,
                                                     std::span<const PromisedFile> promised) const;
  /// From a sample's first tar header to the next one's, or the file's end; with the first sample from the
  /// file's beginning. Throws Error where anything else than the index' contents isn't as it was written.
  void verify_frame(std::size_t number) const;

 private:
  struct Index {
    std::mutex reading;
    std::atomic<bool> read{false};
    std::vector<Record> records;
    std::uint64_t strings_at = 0, strings_end = 0;  ///< in the file
    std::string strings;                            ///< kept where the file is far; else read when wanted
    TilesPlace tiles_at;
  };
  struct Tiles {
    std::mutex reading;
    std::atomic<bool> read{false};
    std::vector<unsigned char> bytes;
  };
  const Index& index() const;
  void read_index(Index& index) const;
  const std::vector<unsigned char>& tile_tables() const;
  [[noreturn]] void fail(const std::string& why) const;

  RandomFile file_;
  Header header_;
  std::unique_ptr<Index> index_ = std::make_unique<Index>();
  std::unique_ptr<Tiles> tiles_ = std::make_unique<Tiles>();
};

}  // namespace doppel::dataset::pack
