// Places that hold files beside the disk: what a path runs through.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "doppel/base/random_file.h"

namespace doppel {

/// Bytes in order.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  /// The next ones; fewer than asked for at the end alone.
  virtual std::size_t read(std::span<unsigned char> into) = 0;
};

/// Files by their paths below a root, which is "", with slashes: an archive, say. It doesn't change, and any
/// number of threads may ask at once. What fails throws Error with the whole path.
class Place {
 public:
  /// What a path leads to.
  enum class Kind { Nothing, File, Folder };
  /// What a folder holds.
  struct Entry {
    std::string name;        ///< without the folder's
    bool is_folder = false;  ///< else it's a file
  };
  /// What is in the place and not listed or not to be read, and why: "encrypted files".
  struct Unread {
    std::string what;  ///< the kind of thing
    std::string name;  ///< its path in the place
  };

  virtual ~Place() = default;
  /// What is known by the path; no error where nothing is.
  virtual Kind kind(const std::string& path) const = 0;
  /// In any order.
  virtual std::vector<Entry> list(const std::string& folder) const = 0;
  virtual std::uint64_t size(const std::string& file) const = 0;               ///< in bytes
  virtual std::vector<unsigned char> read(const std::string& file) const = 0;  ///< all of it
  /// Up to `size` of its first bytes.
  virtual std::vector<unsigned char> head(const std::string& file, std::size_t size) const = 0;
  /// Bytes from the middle of a file, all of them; where the place has none but from the beginning,
  /// check_range() says so.
  virtual void range(const std::string& file, std::uint64_t at, std::span<unsigned char> into) const = 0;
  /// Several of them at once, as range() does each.
  virtual void ranges(const std::string& file, std::span<const FileRange> parts) const {
    for (const FileRange& part : parts) range(file, part.at, part.into);
  }
  /// Throws Error where range() can't be had of this file.
  virtual void check_range(const std::string& file) const = 0;
  /// Starts to fetch a part of a file, as far as there is one, and returns at once. `exactly`: not a byte
  /// more.
  virtual void fetch(const std::string& file, std::uint64_t at, std::uint64_t size,
                     bool exactly = false) const = 0;
  /// The whole of a file, in order.
  virtual std::unique_ptr<ByteStream> stream(const std::string& file) const = 0;
  virtual std::vector<Unread> unread() const { return {}; }  ///< in any order
  /// Whether its bytes come over a network: each read then waits for an answer, and each byte costs.
  virtual bool is_far() const { return false; }
};

/// A place and a path in it.
struct PlacedPath {
  std::shared_ptr<const Place> place;  ///< null: on the disk
  std::string within;                  ///< the path in the place
  std::string at;                      ///< the place's own path
};
/// What a path runs through: the first of its parts that ends in .zip, in any case, and is a file; else the
/// store on the network that it begins with. One archive is opened once for as long as somebody has its
/// place: who reads from it again and again keeps that. Throws Error where it can't be opened.
PlacedPath placed(const std::filesystem::path& path);
/// The same of what is read as a file: an archive itself is one, and isn't opened.
PlacedPath placed_file(const std::filesystem::path& path);

}  // namespace doppel
