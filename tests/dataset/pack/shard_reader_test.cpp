#include "pack/shard_reader.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "dataset/written_files.h"
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

TEST(ShardReader, OnlyOursAreShardsAndOnlyOfAVersionThatIsKnown) {
  const TemporaryFolder folder;
  const auto path = two_samples(folder.path() / "s.tar");
  EXPECT_TRUE(ShardReader::is_shard(path));
  EXPECT_FALSE(ShardReader::is_shard(put_text(folder.path() / "x.tar", std::string(4096, 'x'))));
  EXPECT_FALSE(ShardReader::is_shard(put_text(folder.path() / "y.tar", "")));
  auto bytes = read_file(path);
  EXPECT_EQ(bytes[512 + 8], 1);  // as programs before version 2 read it
  for (const unsigned char version : {0, 3}) {
    bytes[512 + 8] = version;
    write_file(path, bytes);
    EXPECT_NE(error_of([&] {
                ShardReader{path};
              }).find(fmt::format("written in version {} of the format; this program reads 1 to 2", version)),
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

}  // namespace
}  // namespace doppel::dataset::pack
