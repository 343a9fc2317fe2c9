// The members of a tar: POSIX's ustar and pax, GNU's and Version 7's.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "doppel/base/random_file.h"
#include "pax_records.h"
#include "tar_header.h"
#include "tar_sparse.h"

namespace doppel::dataset {

/// Where a member's bytes lie.
struct TarContent {
  std::uint64_t at = 0;          ///< in the tar; of a sparse file it means nothing
  std::uint64_t size = 0;        ///< of the file, with its zeros
  bool sparse = false;           ///< it consists of pieces, with zeros between them
  std::vector<TarPiece> pieces;  ///< in ascending order
};

constexpr std::uint64_t kLargestSparse = 1 << 28;  ///< bytes of a sparse file that can be read

/// The bytes of a member that lies in `file`. Throws Error for a sparse one of more than 256 MiB, and where
/// the file has become shorter.
std::vector<unsigned char> read_content(const RandomFile& file, const TarContent& content);

struct TarMember {
  std::string name;
  char type = '0';   ///< '0': a file; '1': a hard link that has no content of its own; else as in the header
  std::string link;  ///< what a link leads to
  TarContent content;  ///< of a file
};

/// Walks over a tar from its beginning. Errors name the file and the member, or the byte.
class TarReader {
 public:
  explicit TarReader(const RandomFile& file) : file_(file) {}
  /// The next member, until the next call; null at the end. Throws Error where a header is damaged, a member
  /// goes beyond the end of the file, or a sparse file's map can't be.
  const TarMember* next();
  /// A member's bytes, as read_content() gives them; of the small ones just met, without another read.
  std::vector<unsigned char> bytes_of(const TarContent& content);
  /// The tar ended with blocks of zeros, as it should: else it may have been cut between members.
  bool has_end_mark() const { return marked_; }
  /// Members were found after such a mark, as where tars are joined by `cat`. They are read like others.
  bool is_joined() const { return joined_; }
  /// Bytes follow the end's mark that are no tar.
  bool has_more() const { return more_; }

 private:
  TarBlock block(std::uint64_t at) { return window(at, kTarBlock).first<kTarBlock>(); }
  std::span<const unsigned char> window(std::uint64_t at, std::size_t size);
  bool find_header();
  bool read_extension(const TarHeader& header);
  void read_member(const TarHeader& header);
  void read_sparse(const TarHeader& header, std::uint64_t stored);
  bool has_content(const TarHeader& header);
  void skip_to_next(std::uint64_t size);
  PaxRecords& local();

  const RandomFile& file_;
  std::uint64_t at_ = 0, next_ = 0;  ///< where this header is, and the next
  std::array<unsigned char, 8 * kTarBlock> window_{};
  std::uint64_t window_at_ = 0;
  std::size_t window_size_ = 0;
  PaxRecords global_, local_;  ///< of all members from here on; of the next
  bool has_local_ = false, marked_ = false, joined_ = false, more_ = false;
  TarMember member_;
};

}  // namespace doppel::dataset
