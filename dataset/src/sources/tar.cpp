#include "tar.h"

#include <fmt/format.h>

#include <algorithm>

#include "doppel/base/error.h"

namespace doppel::dataset {
namespace {

constexpr std::uint64_t kLongestExtension = 1 << 20;

std::uint64_t in_blocks(std::uint64_t size) { return (size + kTarBlock - 1) / kTarBlock * kTarBlock; }

/// What compresses files that begin so; null for others.
const char* compressor(std::span<const unsigned char> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.starts_with("\x1f\x8b")) return "gzip";
  if (text.starts_with("BZh")) return "bzip2";
  if (text.starts_with("\xfd"
                       "7zXZ"))
    return "xz";
  if (text.starts_with("\x28\xb5\x2f\xfd")) return "zstd";
  if (text.starts_with("\x04\x22\x4d\x18")) return "lz4";
  return nullptr;
}

}  // namespace

std::vector<unsigned char> read_content(const RandomFile& file, const TarContent& content) {
  if (content.sparse && content.size > kLargestSparse)
    throw Error(
        fmt::format("a sparse file of {} bytes; at most {} can be read", content.size, kLargestSparse));
  std::vector<unsigned char> bytes(static_cast<std::size_t>(content.size));
  if (!content.sparse) file.read(content.at, bytes);
  for (const TarPiece& piece : content.pieces)
    file.read(piece.at, std::span(bytes).subspan(static_cast<std::size_t>(piece.to),
                                                 static_cast<std::size_t>(piece.size)));
  return bytes;
}

std::vector<unsigned char> TarReader::bytes_of(const TarContent& content) {
  if (content.sparse || content.size > window_.size()) return read_content(file_, content);
  const auto bytes = window(content.at, static_cast<std::size_t>(content.size));
  return {bytes.begin(), bytes.end()};
}

/// Headers and small contents lie close together: one read brings several.
std::span<const unsigned char> TarReader::window(std::uint64_t at, std::size_t size) {
  if (at < window_at_ || at + size > window_at_ + window_size_) {
    window_size_ = static_cast<std::size_t>(
        std::min<std::uint64_t>(window_.size(), file_.size() - std::min(at, file_.size())));
    window_at_ = at;
    file_.read(at, std::span(window_).first(window_size_));
    if (window_size_ < size) throw Error(fmt::format("{} ends too early", file_.path().string()));
  }
  return std::span(window_).subspan(static_cast<std::size_t>(at - window_at_), size);
}

const TarMember* TarReader::next() {
  member_.name.clear();
  try {
    while (find_header()) {
      std::array<unsigned char, kTarBlock> copy;
      std::ranges::copy(block(at_), copy.begin());
      const TarHeader header{TarBlock(copy)};
      if (read_extension(header)) continue;
      read_member(header);
      has_local_ = false;
      return &member_;
    }
    return nullptr;
  } catch (const Error& error) {
    const std::string path = file_.path().string(), what = error.what();
    if (what.find(path) != what.npos) throw;
    throw Error(member_.name.empty() ? fmt::format("{}: byte {}: {}", path, at_, what)
                                     : fmt::format("{}:{}: {}", path, member_.name, what));
  }
}

/// Puts at_ on the next header; false at the end.
bool TarReader::find_header() {
  for (at_ = next_; at_ + kTarBlock <= file_.size(); at_ += kTarBlock) {
    if (is_zero(block(at_))) {
      marked_ = true;
      continue;
    }
    if (TarHeader(block(at_)).checksum_holds()) {
      joined_ = joined_ || marked_;
      return true;
    }
    if (marked_) {
      more_ = true;
      return false;
    }
    if (const char* by = at_ == 0 ? compressor(block(0)) : nullptr)
      throw Error(fmt::format("compressed by {}: a sample can't be read from its middle; unpack it", by));
    throw Error("not a tar header");
  }
  const auto rest = window(at_, static_cast<std::size_t>(file_.size() - std::min(at_, file_.size())));
  const bool empty = std::ranges::all_of(rest, [](unsigned char b) { return b == 0; });
  if (!empty && !marked_)
    throw Error(fmt::format("a header of {} bytes instead of {}: truncated", rest.size(), kTarBlock));
  more_ = more_ || !empty;
  return false;
}

PaxRecords& TarReader::local() {
  if (!has_local_) local_ = global_;
  has_local_ = true;
  return local_;
}

/// The header after `size` bytes of content after this one.
void TarReader::skip_to_next(std::uint64_t size) {
  const std::uint64_t from = member_.content.at;
  if (from > file_.size() || size > file_.size() - from)
    throw Error(fmt::format("{} bytes of content, but the file ends after {}: truncated", size,
                            file_.size() - std::min(from, file_.size())));
  next_ = from + in_blocks(size);
}

/// Headers that tell of other members.
bool TarReader::read_extension(const TarHeader& header) {
  const char type = header.type();
  if (std::string_view("xXgLK").find(type) == std::string_view::npos) return false;
  member_.content.at = at_ + kTarBlock;
  const std::uint64_t size = header.size();
  if (size > kLongestExtension) throw Error(fmt::format("an extended header of {} bytes", size));
  skip_to_next(size);
  const auto bytes = bytes_of({.at = member_.content.at, .size = size, .pieces = {}});
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::string_view until_zero = text.substr(0, text.find('\0'));
  if (type == 'L') local().path = until_zero;
  if (type == 'K') local().link_path = until_zero;
  if (type == 'g') global_.read(text);
  if (type == 'x' || type == 'X') local().read(text);
  return true;
}

void TarReader::read_member(const TarHeader& header) {
  const PaxRecords& said = has_local_ ? local_ : global_;
  if (!said.sparse_name.empty())
    member_.name = said.sparse_name;
  else if (!said.path.empty())
    member_.name = said.path;
  else
    header.name_into(member_.name);
  member_.type = header.type() == '\0' || header.type() == '7' ? '0' : header.type();
  // Version 7 had no type for folders.
  if (header.type() == '\0' && member_.name.ends_with('/')) member_.type = '5';
  member_.link.clear();
  if (member_.type == '1' || member_.type == '2')
    member_.link = said.link_path.empty() ? header.link() : std::string_view(said.link_path);
  member_.content = {.at = at_ + kTarBlock, .pieces = {}};
  if (!has_content(header)) {
    next_ = member_.content.at;
    return;
  }
  if (member_.type == '1') member_.type = '0';
  const std::uint64_t stored = said.size ? *said.size : header.size();
  if (member_.type == 'S' || said.sparse_size || !said.sparse_map.empty()) return read_sparse(header, stored);
  member_.content.size = stored;
  skip_to_next(stored);
}

/// Links, devices, folders and pipes have none, whatever their size says. A hard link may have, in pax; in
/// old tars its size is the file's, and the next header follows at once.
bool TarReader::has_content(const TarHeader& header) {
  if (member_.type >= '2' && member_.type <= '6') return false;
  if (member_.type != '1') return true;
  const std::uint64_t after = at_ + kTarBlock;
  if (header.size() == 0 || after + kTarBlock > file_.size()) return false;
  return !is_zero(block(after)) && !TarHeader(block(after)).checksum_holds();
}

void TarReader::read_sparse(const TarHeader& header, std::uint64_t stored) {
  const PaxRecords& said = has_local_ ? local_ : global_;
  TarContent& content = member_.content;
  const std::uint64_t begin = content.at;
  const auto next = [&] {
    if (content.at + kTarBlock > file_.size()) throw Error("a sparse map beyond the file's end: truncated");
    content.at += kTarBlock;
    return block(content.at - kTarBlock);
  };
  SparseMap in_content;
  if (member_.type == 'S') {
    if (!header.is_gnu()) throw Error("a sparse file in another format than GNU's, which can't be read");
    content.size = header.number(483, 12);
    in_content = old_sparse_map(header, next);
  } else if (said.sparse_major == 1) {
    in_content = sparse_map_in_content(next, stored / kTarBlock);
    stored -= content.at - begin;
  } else if (said.sparse_major > 1) {
    throw Error(fmt::format("a sparse file in GNU's format {}, which can't be read", said.sparse_major));
  }
  if (member_.type != 'S') content.size = said.sparse_size.value_or(0);
  member_.type = '0';
  content.sparse = true;
  skip_to_next(stored);
  content.pieces =
      pieces_of(in_content.empty() ? said.sparse_map : in_content, content.at, stored, content.size);
}

}  // namespace doppel::dataset
