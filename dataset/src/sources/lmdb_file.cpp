#include "lmdb_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "doppel/base/byte_reader.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"

namespace doppel::dataset {
namespace {

constexpr std::size_t kPageHead = 16, kNodeHead = 8, kMetaSize = 136;
constexpr std::uint32_t kLmdbMagic = 0xbeefc0de, kLmdbMagicTurned = 0xdec0efbe;
constexpr std::uint64_t kNoPage = ~std::uint64_t{0};
constexpr unsigned kBranchPage = 1, kLeafPage = 2, kOverflowPage = 4, kMetaPage = 8;
constexpr unsigned kBigValue = 1, kNamedDatabase = 2, kSeveralValues = 4;  ///< flags of a node
constexpr unsigned kReverseKeys = 2, kIntegerKeys = 8;                     ///< flags of a database
constexpr std::size_t kPeek = 64;  ///< bytes of a long value that are read with its page's head

/// What tells a database: 48 bytes.
struct LmdbTree {
  unsigned flags = 0, depth = 0;
  std::uint64_t entries = 0, root = kNoPage;
};

LmdbTree lmdb_tree(ByteReader& in) {
  LmdbTree tree;
  in.take(4);
  tree.flags = in.little<std::uint16_t>();
  tree.depth = in.little<std::uint16_t>();
  in.take(3 * 8);
  tree.entries = in.little<std::uint64_t>();
  tree.root = in.little<std::uint64_t>();
  return tree;
}

struct LmdbMeta {
  std::uint32_t page_size = 0;
  std::uint64_t written = 0;  ///< grows with every change
  LmdbTree main;
};

std::uint32_t magic_at(std::span<const unsigned char> bytes, std::size_t at) {
  return bytes.size() < at + 4 ? 0 : ByteReader(bytes.subspan(at)).little<std::uint32_t>();
}

void check_lmdb_head(std::span<const unsigned char> head) {
  if (magic_at(head, 16) == kLmdbMagicTurned || magic_at(head, 12) == kLmdbMagicTurned)
    throw Error("an LMDB of a big-endian machine; mdb_dump there and mdb_load here carry it over");
  if (magic_at(head, 12) == kLmdbMagic)
    throw Error("an LMDB of a 32-bit machine; mdb_dump there and mdb_load here carry it over");
  if (magic_at(head, 16) != kLmdbMagic) throw Error("it is no LMDB: it doesn't begin as data.mdb does");
}

/// Nothing where it's damaged.
std::optional<LmdbMeta> lmdb_meta(const RandomFile& file, std::uint64_t at) {
  std::array<unsigned char, kPageHead + kMetaSize> page{};
  if (file.size() < page.size() || at > file.size() - page.size()) return {};
  file.read(at, page);
  ByteReader in(page);
  in.take(10);
  if ((in.little<std::uint16_t>() & kMetaPage) == 0) return {};
  in.take(4);
  if (in.little<std::uint32_t>() != kLmdbMagic) return {};
  if (const auto version = in.little<std::uint32_t>(); version != 1)
    throw Error(fmt::format("an LMDB of version {}; version 1 is read (LMDB 0.9)", version));
  in.take(16);
  LmdbMeta meta;
  meta.page_size = ByteReader(in).little<std::uint32_t>();
  in.take(48);
  meta.main = lmdb_tree(in);
  in.take(8);
  meta.written = in.little<std::uint64_t>();
  return meta;
}

/// The later of the two at the file's beginning.
LmdbMeta last_lmdb_meta(const RandomFile& file) {
  std::array<unsigned char, 20> head{};
  if (file.size() < head.size()) throw Error("it is no LMDB, or was cut off");
  file.read(0, head);
  check_lmdb_head(head);
  const auto first = lmdb_meta(file, 0);
  if (!first) throw Error("its first page is damaged, or cut off");
  const std::uint32_t size = first->page_size;
  if (size < 256 || size > 32768 || (size & (size - 1)) != 0)
    throw Error(fmt::format("it is damaged: pages of {} bytes", size));
  const auto second = lmdb_meta(file, size);
  return second && second->page_size == size && second->written > first->written ? *second : *first;
}

class LmdbWalk {
 public:
  using Show = std::function<void(const LmdbFacts&, const LmdbEntry&)>;
  LmdbWalk(const RandomFile& file, std::uint32_t page_size)
      : file_(file), page_size_(page_size), pages_(file.size() / page_size) {}

  void walk(const LmdbTree& tree, const Show& show) {
    facts_ = {tree.entries, (tree.flags & kIntegerKeys) != 0,
              (tree.flags & (kIntegerKeys | kReverseKeys)) == 0};
    visited_ = shown_ = 0;
    constexpr unsigned kDeepest = 32;
    if (tree.depth > kDeepest) throw Error(fmt::format("it is damaged: a tree {} pages deep", tree.depth));
    if (tree.root != kNoPage) visit(tree.root, tree.depth, show);
    if (shown_ != tree.entries)
      throw Error(fmt::format("it is damaged: it says {} entries and has {}", tree.entries, shown_));
  }

  LmdbFacts facts() const { return facts_; }
  std::vector<std::pair<std::string, LmdbTree>> databases;  ///< named ones that were met

 private:
  [[noreturn]] static void damaged(std::uint64_t page, const char* how) {
    throw Error(fmt::format("page {} is damaged: {}", page, how));
  }

  void visit(std::uint64_t number, unsigned depth, const Show& show) {
    if (number >= pages_) damaged(number, "it lies beyond the file's end, which may be cut off");
    if (depth == 0 || ++visited_ > pages_) damaged(number, "pages lead in circles");
    std::vector<unsigned char> page(page_size_);
    file_.read(number * page_size_, page);
    ByteReader in(page);
    if (in.little<std::uint64_t>() != number) damaged(number, "it has another page's number");
    in.take(2);
    const unsigned flags = in.little<std::uint16_t>();
    const std::size_t lower = in.little<std::uint16_t>();
    if (lower < kPageHead || lower > page_size_ || lower % 2 != 0) damaged(number, "its list of entries");
    if ((flags & (kBranchPage | kLeafPage)) != (depth > 1 ? kBranchPage : kLeafPage))
      damaged(number, "it is of another kind than its place in the tree");
    in.take(2);
    for (std::size_t i = 0; i < (lower - kPageHead) / 2; ++i) {
      const std::size_t at = in.little<std::uint16_t>();
      if (at < lower || at > page_size_ - kNodeHead) damaged(number, "an entry's place");
      if (depth > 1)
        visit(child_at(page, at), depth - 1, show);
      else
        take_node(number, page, at, show);
    }
  }

  static std::uint64_t child_at(std::span<const unsigned char> page, std::size_t at) {
    ByteReader in(page.subspan(at));
    const std::uint64_t low = in.little<std::uint32_t>();
    return low | std::uint64_t{in.little<std::uint16_t>()} << 32;
  }

  void take_node(std::uint64_t number, std::span<const unsigned char> page, std::size_t at,
                 const Show& show) {
    ByteReader in(page.subspan(at));
    const std::uint64_t size = in.little<std::uint32_t>();
    const unsigned flags = in.little<std::uint16_t>();
    const std::size_t key_size = in.little<std::uint16_t>();
    if (key_size > in.left()) damaged(number, "a key beyond its end");
    LmdbEntry entry{.key = in.text(key_size), .at = 0, .size = size, .begin = {}};
    ++shown_;
    if ((flags & kSeveralValues) != 0)
      throw Error(fmt::format("several values of one key (MDB_DUPSORT), '{}', which aren't read", entry.key));
    if ((flags & kBigValue) != 0) {
      if (in.left() < 8) damaged(number, "a value beyond its end");
      const auto far = in.little<std::uint64_t>();
      take_far(far, size);
      entry.at = far * page_size_ + kPageHead;
      entry.begin =
          std::span<const unsigned char>(peek_).subspan(kPageHead, std::min<std::uint64_t>(size, kPeek));
      return show(facts_, entry);
    }
    if (size > in.left()) damaged(number, "a value beyond its end");
    entry.at = number * page_size_ + (page_size_ - in.left());
    entry.begin = in.take(size);
    if ((flags & kNamedDatabase) == 0) return show(facts_, entry);
    if (size != 48) damaged(number, "a named database");
    constexpr std::size_t kMostNamed = 1000;
    if (databases.size() == kMostNamed) throw Error("too many named databases");
    ByteReader tree(entry.begin);
    databases.emplace_back(entry.key, lmdb_tree(tree));
  }

  /// A value on pages of its own; its first bytes are in `peek_` then.
  void take_far(std::uint64_t number, std::uint64_t size) {
    if (number >= pages_ || size > file_.size() - number * page_size_ - kPageHead)
      damaged(number, "a value lies beyond the file's end, which may be cut off");
    file_.read(number * page_size_, std::span(peek_).first(kPageHead + std::min<std::uint64_t>(size, kPeek)));
    ByteReader in(peek_);
    if (in.little<std::uint64_t>() != number) damaged(number, "it has another page's number");
    in.take(2);
    if ((in.little<std::uint16_t>() & kOverflowPage) == 0) damaged(number, "it holds no value");
    if (std::uint64_t{in.little<std::uint32_t>()} * page_size_ < kPageHead + size)
      damaged(number, "a value is longer than its pages");
  }

  const RandomFile& file_;
  std::uint64_t page_size_, pages_, visited_ = 0, shown_ = 0;
  LmdbFacts facts_;
  std::array<unsigned char, kPageHead + kPeek> peek_{};
};

}  // namespace

bool is_lmdb_file(const std::filesystem::path& file) {
  const std::vector<unsigned char> head = read_head(file, 20);
  for (const std::size_t at : {12U, 16U})
    if (const std::uint32_t magic = magic_at(head, at); magic == kLmdbMagic || magic == kLmdbMagicTurned)
      return true;
  return false;
}

LmdbFacts each_lmdb_entry(const RandomFile& file,
                          const std::function<void(const LmdbFacts&, const LmdbEntry&)>& show) {
  const LmdbMeta meta = last_lmdb_meta(file);
  LmdbWalk walk(file, meta.page_size);
  bool has_values = false;
  walk.walk(meta.main, [&](const LmdbFacts& facts, const LmdbEntry& entry) {
    has_values = true;
    show(facts, entry);
  });
  if (walk.databases.empty()) return walk.facts();
  std::vector<std::string> names;
  for (const auto& [name, tree] : walk.databases) names.push_back(name);
  if (has_values || names.size() > 1)
    throw Error(fmt::format("{} named databases ({}){}; a file with one database is read", names.size(),
                            fmt::join(names, ", "), has_values ? " beside the unnamed one" : ""));
  const LmdbTree tree = walk.databases[0].second;
  walk.databases.clear();
  walk.walk(tree, show);
  if (!walk.databases.empty()) throw Error("it is damaged: a named database within another");
  return walk.facts();
}

}  // namespace doppel::dataset
