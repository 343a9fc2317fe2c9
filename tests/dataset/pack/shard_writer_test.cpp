#include "pack/shard_writer.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "dataset/written_files.h"
#include "error_of.h"
#include "full_disk.h"
#include "pack/shard_reader.h"

namespace doppel::dataset::pack {
namespace {

namespace fs = std::filesystem;

const std::vector<unsigned char> kImage{1, 2, 3, 4, 5};

TEST(ShardWriter, AShardIsThereWholeOrNotAtAll) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "00000.tar";
  {
    ShardWriter writer(path, 0, "[]");
    writer.add("k", "png", kImage, {}, "name", "", "", {});
    EXPECT_FALSE(fs::exists(path));
  }
  EXPECT_TRUE(fs::is_empty(folder.path()));  // nothing is left of one that wasn't finished
  ShardWriter writer(path, 0, "[]");
  writer.add("k", "png", kImage, {}, "name", "", "", {});
  const std::uint64_t bytes = writer.finish(1);
  EXPECT_EQ(bytes, fs::file_size(path));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1);
}

TEST(ShardWriter, NothingIsLeftOfOneThatHadNoRoomToBegin) {
  const TemporaryFolder folder;
  for (const rlim_t room : {0, 512, 600}) {
    std::string problem;
    {
      const FullDisk full(room);
      problem = error_of([&] { ShardWriter(folder.path() / "00000.tar", 0, "[]"); });
    }
    EXPECT_NE(problem.find("can't write"), std::string::npos) << room;
    EXPECT_TRUE(fs::is_empty(folder.path())) << room;
  }
}

TEST(ShardWriter, MembersAreOnesThatTarReads) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "s.tar";
  ShardWriter writer(path, 3, "[\"a\"]");
  const std::vector<Companion> masks{{"mask0.png", {7}}, {"mask1.png", {8, 8}}};
  writer.add("000000001", "jpg", kImage, {}, "cat/1.jpg", "2", "{\"x\":1}", masks);
  writer.finish(5);
  const auto bytes = read_file(path);
  EXPECT_EQ(bytes.size() % 512, 0U);
  std::string names;
  for (std::size_t at = 0; at + 1024 < bytes.size();) {
    const auto* header = reinterpret_cast<const char*>(bytes.data()) + at;
    // The checksum counts its own field as blanks.
    unsigned sum = 8 * ' ';
    for (int i = 0; i < 512; ++i)
      if (i < 148 || i >= 156) sum += static_cast<unsigned char>(header[i]);
    EXPECT_EQ(std::strtoul(header + 148, nullptr, 8), sum);
    EXPECT_EQ(std::string_view(header + 257), "ustar");
    names += std::string(header) + " ";
    at += 512 + (std::strtoul(header + 124, nullptr, 8) + 511) / 512 * 512;
  }
  EXPECT_EQ(
      names,
      "doppel-pack-header 000000001.jpg 000000001.mask0.png 000000001.mask1.png 000000001.cls 000000001.json "
      "doppel-pack-index ");
  const ShardReader reader(path);
  EXPECT_EQ(reader.header().shard, 3U);
  EXPECT_EQ(reader.header().shards, 5U);
}

TEST(ShardWriter, SaysWhatItCannotWrite) {
  EXPECT_NE(error_of([] {
              ShardWriter("/no/such/folder/s.tar", 0, "[]");
            }).find("/no/such/folder/s.tar: No such file"),
            std::string::npos);
  const TemporaryFolder folder;
  ShardWriter writer(folder.path() / "s.tar", 0, "[]");
  EXPECT_NE(error_of([&] {
              writer.add(std::string(100, 'k'), "png", kImage, {}, "", "", "", {});
            }).find("too long"),
            std::string::npos);
}

}  // namespace
}  // namespace doppel::dataset::pack
