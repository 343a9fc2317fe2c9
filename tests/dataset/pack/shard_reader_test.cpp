#include "pack/shard_reader.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <fstream>
#include <iterator>
#include <thread>

#include "dataset/written_files.h"
#include "doppel/base/error.h"
#include "error_of.h"
#include "pack/notes.h"
#include "pack/shard_writer.h"

namespace doppel::dataset::pack {
namespace {

/// Two samples, the first with a mask.
std::filesystem::path two_samples(const std::filesystem::path& path) {
  ShardWriter writer(path, 0, "[\"a\",\"b\"]");
  const std::vector<Companion> masks{{"mask0.png", {9, 8, 7}}};
  const std::vector<unsigned char> first(600, 1), second{2, 2};
  writer.add("0", "png", first, {.label = 1, .width = 4}, "one", "1", note_of({}, masks, 1, 1), masks);
  writer.add("1", "png", second, {.label = 0, .source = 5}, std::string(2000, 'n'), "0", "", {});
  writer.finish(1);
  return path;
}

TEST(ShardReader, FindsEachSampleByTheIndex) {
  const TemporaryFolder folder;
  const ShardReader reader(two_samples(folder.path() / "s.tar"));
  ASSERT_EQ(reader.size(), 2U);
  const Record &one = reader.records()[0], &two = reader.records()[1];
  EXPECT_EQ(one.label, 1);
  EXPECT_EQ(one.width, 4U);
  EXPECT_EQ(two.source, 5U);
  EXPECT_EQ(reader.bytes(one), std::vector<unsigned char>(600, 1));
  EXPECT_EQ(reader.bytes(two), (std::vector<unsigned char>{2, 2}));
  EXPECT_EQ(reader.string(0), "[\"a\",\"b\"]");
  EXPECT_EQ(reader.string(one.name), "one");
  EXPECT_EQ(reader.string(two.name), std::string(2000, 'n'));  // longer than one read
  EXPECT_EQ(two.note, kNone);
  augment::Sample sample;
  const auto files = reader.companions(one, read_note(reader.string(one.note), sample).files);
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(files[0], (std::vector<unsigned char>{9, 8, 7}));
  EXPECT_NE(error_of([&] { (void)reader.string(1 << 20); }).find("a name that isn't there"),
            std::string::npos);
  const auto error_for = [&](const PromisedFile& file) {
    return error_of([&] { (void)reader.companions(one, std::span(&file, 1)); });
  };
  EXPECT_NE(error_for({"a mask", 3, 1}).find("s.tar: a mask has changed (CRC-32)"), std::string::npos);
  EXPECT_NE(error_for({"the map 'depth'", 99999, 1}).find("the map 'depth' lies beyond the end"),
            std::string::npos);
  EXPECT_NE(error_for({"a mask", ~std::uint64_t{0}, 1}).find("beyond the end"), std::string::npos);
}

/// What verifying says of a shard, of everything in it; "" where all is well.
std::string damage_of(const std::filesystem::path& path) {
  return error_of([&] {
    const ShardReader reader(path);
    const std::vector<Record>& records = reader.records();
    for (std::size_t k = 0; k < records.size(); ++k) {
      const std::vector<unsigned char> bytes = reader.bytes(records[k]);
      if (crc_of(bytes.data(), bytes.size()) != records[k].crc) throw Error("its bytes have changed");
      augment::Sample sample;
      if (records[k].note != kNone)
        (void)reader.companions(records[k], read_note(reader.string(records[k].note), sample).files);
      reader.verify_frame(k);
    }
  });
}

TEST(ShardReader, NoBitCanChangeUnseen) {
  const TemporaryFolder folder;
  const auto path = two_samples(folder.path() / "s.tar");
  EXPECT_EQ(damage_of(path), "");
  std::string bytes;
  {
    std::ifstream in(path, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(in), {});
  }
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  const auto put = [&](std::size_t at, char byte) {
    file.seekp(static_cast<std::streamoff>(at));
    file.put(byte).flush();
  };
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    put(at, static_cast<char>(bytes[at] ^ 1 << at % 8));
    EXPECT_NE(damage_of(path), "") << "bit " << at % 8 << " of byte " << at;
    put(at, bytes[at]);
  }
  EXPECT_EQ(damage_of(path), "");
}

TEST(ShardReader, OnlyOursAreShardsAndOnlyOfAVersionThatIsKnown) {
  const TemporaryFolder folder;
  const auto path = two_samples(folder.path() / "s.tar");
  EXPECT_TRUE(ShardReader::is_shard(path));
  EXPECT_FALSE(ShardReader::is_shard(put_text(folder.path() / "x.tar", std::string(4096, 'x'))));
  EXPECT_FALSE(ShardReader::is_shard(put_text(folder.path() / "y.tar", "")));
  auto bytes = read_file(path);
  EXPECT_EQ(bytes[512 + 8], 1);  // as programs before version 2 read it
  for (const unsigned char version : {0, 4}) {
    bytes[512 + 8] = version;
    write_file(path, bytes);
    EXPECT_NE(error_of([&] {
                ShardReader{path};
              }).find(fmt::format("written in version {} of the format; this program reads 1 to 3", version)),
              std::string::npos);
  }
}

TEST(ShardReader, ADamagedIndexIsAnErrorForEveryThreadThatAsks) {
  const TemporaryFolder folder;
  const auto path = two_samples(folder.path() / "s.tar");
  auto bytes = read_file(path);
  bytes[bytes.size() - 1024 - 512] ^= 1;  // in the index' content
  write_file(path, bytes);
  const ShardReader reader(path);
  EXPECT_EQ(reader.size(), 2U);  // the header is good
  std::atomic<int> errors = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      errors += error_of([&] { (void)reader.records(); }).find("index is damaged") != std::string::npos;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(errors, 4);
}

/// A shard with good checksums, whatever it says.
struct CraftedShard {
  explicit CraftedShard(const std::filesystem::path& path) : bytes(read_file(path)) {
    std::memcpy(&header, bytes.data() + 512, sizeof header);
  }
  template <class T>
  T get(std::size_t at) const {
    T value;
    std::memcpy(&value, bytes.data() + header.index_at + at, sizeof value);
    return value;
  }
  template <class T>
  void put(std::size_t at, T value) {
    std::memcpy(bytes.data() + header.index_at + at, &value, sizeof value);
  }
  std::filesystem::path write(const std::filesystem::path& to) {
    header.index_crc = crc_of(bytes.data() + header.index_at, header.index_bytes);
    header.header_crc = crc_of(&header, offsetof(Header, header_crc));
    std::memcpy(bytes.data() + 512, &header, sizeof header);
    return put_bytes(to, bytes);
  }
  std::vector<unsigned char> bytes;
  Header header;
};

/// Two samples, the second with a table of tiles.
std::filesystem::path tiled_sample(const std::filesystem::path& path) {
  ShardWriter writer(path, 0, "[]");
  const std::vector<unsigned char> first(600, 1), second(900, 2);
  writer.add("0", "png", first, {}, "one", "", "", {});
  writer.add("1", "jpg", second, {.width = 100, .height = 20}, "two", "", "", {},
             JpegTileTable{.size = {100, 20}, .tile = {64, 16}, .starts = {500, 600, 700, 800, 900}});
  writer.finish(1);
  return path;
}

TEST(ShardReader, TablesOfTilesAreReadByWhoAsksForThem) {
  const TemporaryFolder folder;
  const auto path = tiled_sample(folder.path() / "s.tar");
  EXPECT_EQ(read_file(path)[512 + 8], 3);
  const ShardReader reader(path);
  EXPECT_EQ(reader.header().version, 3U);
  EXPECT_EQ(reader.string(reader.records()[1].name), "two");
  EXPECT_FALSE(reader.tiles(reader.records()[0]));
  const auto tiles = reader.tiles(reader.records()[1]);
  ASSERT_TRUE(tiles);
  EXPECT_EQ(tiles->starts, (std::vector<std::uint32_t>{500, 600, 700, 800, 900}));
  std::vector<unsigned char> image(900);
  reader.read(reader.records()[1], std::vector<FilePart>{{0, 500}, {700, 100}}, image);
  EXPECT_EQ(image[499], 2);
  EXPECT_EQ(image[500], 0);
  EXPECT_EQ(image[700], 2);
  const ShardReader plain(two_samples(folder.path() / "plain.tar"));
  EXPECT_FALSE(plain.tiles(plain.records()[0]));
}

TEST(ShardReader, SizesThatContradictEachOtherAreErrorsWhateverTheirSums) {
  const TemporaryFolder folder;
  const auto plain = two_samples(folder.path() / "plain.tar"),
             tiled = tiled_sample(folder.path() / "tiled.tar");
  const auto to = folder.path() / "crafted.tar";
  const auto problem = [&](CraftedShard& shard) {
    shard.write(to);
    return error_of([&] {
      const ShardReader reader(to);
      for (const Record& record : reader.records()) {
        (void)reader.tiles(record);
        (void)reader.bytes(record);
        (void)reader.string(record.name);
      }
    });
  };
  for (const auto& path : {plain, tiled}) {
    CraftedShard good(path);
    EXPECT_EQ(problem(good), "");
    // 48 bytes for each record, and strings, whose sum is right modulo 2^64.
    for (const std::uint32_t records : {1000U, 0x10000000U, 0xffffffffU}) {
      CraftedShard shard(path);
      shard.header.samples = records;
      shard.put(4, records);
      shard.put(8, shard.get<std::uint64_t>(8) + (2 - std::uint64_t{records}) * 48);
      EXPECT_NE(problem(shard).find("its index contradicts itself"), std::string::npos) << records;
    }
    CraftedShard fewer(path);  // in the header alone
    fewer.header.samples = 1;
    EXPECT_NE(problem(fewer).find("its index contradicts itself"), std::string::npos);
    for (const std::uint64_t strings : {std::uint64_t{0}, std::uint64_t{1} << 62, ~std::uint64_t{0}}) {
      CraftedShard shard(path);
      shard.put(8, strings);
      EXPECT_NE(problem(shard).find("its index contradicts itself"), std::string::npos);
    }
    const std::size_t first = path == plain ? 16 : 40;
    for (const std::uint64_t at : {std::uint64_t{1} << 40, ~std::uint64_t{0} - 100}) {
      CraftedShard shard(path);
      shard.put(first, at);
      EXPECT_NE(problem(shard).find("points beyond the end"), std::string::npos);
    }
    CraftedShard large(path);
    large.put(first + 8, 0xfffffff0U);
    EXPECT_NE(problem(large).find("points beyond the end"), std::string::npos);
    CraftedShard empty(path);
    empty.put(first + 8, 0U);
    EXPECT_NE(problem(empty).find("an image of 0 bytes"), std::string::npos);
    for (const int label : {-2, 99, 1 << 30}) {
      CraftedShard other(path);
      other.put(first + 16, label);
      EXPECT_NE(problem(other).find("its index has the label " + std::to_string(label)), std::string::npos);
    }
    CraftedShard named(path);
    named.put(first + 32, 0xfffffff0U);
    EXPECT_NE(problem(named).find("a name that isn't there"), std::string::npos);
    CraftedShard index(path);
    index.header.index_bytes = ~std::uint64_t{0} - 10;
    index.header.header_crc = 0;
    EXPECT_NE(error_of([&] {
                std::memcpy(index.bytes.data() + 512, &index.header, sizeof index.header);
                Header header = index.header;
                header.header_crc = crc_of(&header, offsetof(Header, header_crc));
                std::memcpy(index.bytes.data() + 512, &header, sizeof header);
                ShardReader{put_bytes(to, index.bytes)};
              }).find("beyond the end"),
              std::string::npos);
  }
  for (const auto& [at, size] : {std::pair<std::uint64_t, std::uint64_t>{~std::uint64_t{0} - 5, 10},
                                 {512, ~std::uint64_t{0}},
                                 {std::uint64_t{1} << 40, 1}}) {
    CraftedShard shard(tiled);
    shard.put(16, at);
    shard.put(24, size);
    EXPECT_NE(problem(shard).find("points beyond the end"), std::string::npos);
  }
  CraftedShard moved(tiled);  // other bytes than those that were packed
  moved.put(16, std::uint64_t{512});
  EXPECT_NE(problem(moved).find("its tables of tiles are damaged"), std::string::npos);
  CraftedShard beyond(tiled);
  beyond.put(40 + 48 + 44, 10'000U);
  EXPECT_NE(problem(beyond).find("a table of tiles that isn't there"), std::string::npos);
  CraftedShard within(tiled);  // in the middle of its own
  within.put(40 + 48 + 44, 4U);
  EXPECT_NE(problem(within), "");
  CraftedShard wide(tiled);
  wide.put(40 + 48 + 20, 0xffffffffU);
  EXPECT_NE(problem(wide).find("its table of tiles is damaged"), std::string::npos);
}

}  // namespace
}  // namespace doppel::dataset::pack
