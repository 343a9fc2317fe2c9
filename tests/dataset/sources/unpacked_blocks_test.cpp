#include "sources/unpacked_blocks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <thread>

#include "dataset/temporary_folder.h"
#include "in_child.h"

namespace doppel::dataset {
namespace {

UnpackedBlocks::BytesPtr block_of(std::uint64_t number, std::size_t size = 1000) {
  UnpackedBlocks::Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<unsigned char>(number * 7 + i);
  return std::make_shared<UnpackedBlocks::Bytes>(std::move(bytes));
}

bool is_there(UnpackedBlocks& blocks, std::uint64_t number, std::uint64_t at = 300) {
  UnpackedBlocks::Bytes part(100);
  if (!blocks.read(number, at, part)) return false;
  const auto whole = block_of(number);
  EXPECT_TRUE(std::equal(part.begin(), part.end(), whole->begin() + static_cast<std::ptrdiff_t>(at)))
      << number;
  return true;
}

/// TMPDIR as a test wants it.
class TemporaryPlace {
 public:
  explicit TemporaryPlace(const std::string& place) {
    if (const char* set = std::getenv("TMPDIR")) before_ = set;
    ::setenv("TMPDIR", place.c_str(), 1);
  }
  ~TemporaryPlace() {
    if (before_.empty())
      ::unsetenv("TMPDIR");
    else
      ::setenv("TMPDIR", before_.c_str(), 1);
  }
  TemporaryPlace(const TemporaryPlace&) = delete;
  TemporaryPlace& operator=(const TemporaryPlace&) = delete;

 private:
  std::string before_;
};

TEST(UnpackedBlocks, AreThereWhetherInMemoryOrInTheFile) {
  const TemporaryFolder folder;
  const TemporaryPlace place(folder.path().string());
  UnpackedBlocks blocks(2500);
  for (std::uint64_t k = 0; k < 20; ++k) {
    EXPECT_FALSE(is_there(blocks, k));
    blocks.keep(k, block_of(k));
    blocks.keep(k, block_of(k + 1));  // what is known stays
    for (std::uint64_t before = 0; before <= k; ++before) {
      EXPECT_TRUE(is_there(blocks, before)) << before;
      EXPECT_EQ(*blocks.get(before), *block_of(before));
    }
  }
  EXPECT_EQ(blocks.get(20), nullptr);
  UnpackedBlocks::Bytes beyond(100);
  EXPECT_FALSE(blocks.read(19, 950, beyond));
  EXPECT_FALSE(blocks.read(0, 950, beyond));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path())) << "the file has no name";
}

TEST(UnpackedBlocks, WithoutAPlaceForAFileTheLastAreThere) {
  const TemporaryPlace place("/nowhere/at/all");
  UnpackedBlocks blocks(2500);
  for (std::uint64_t k = 0; k < 20; ++k) blocks.keep(k, block_of(k));
  for (std::uint64_t k = 0; k < 20; ++k) EXPECT_EQ(is_there(blocks, k), k >= 18) << k;
  // What was read last stays longest.
  EXPECT_TRUE(is_there(blocks, 18));
  blocks.keep(20, block_of(20));
  EXPECT_TRUE(is_there(blocks, 18));
  EXPECT_FALSE(is_there(blocks, 19));
  // One that is larger than the room is kept alone.
  blocks.keep(21, block_of(21, 5000));
  EXPECT_EQ(blocks.get(21)->size(), 5000U);
}

TEST(UnpackedBlocks, AForkedProcessReadsWhatWasWrittenAndWritesNothing) {
  const TemporaryFolder folder;
  const TemporaryPlace place(folder.path().string());
  UnpackedBlocks blocks(1500);
  for (std::uint64_t k = 0; k < 4; ++k) blocks.keep(k, block_of(k));
  EXPECT_EQ(in_child([&] {
              for (std::uint64_t k = 100; k < 110; ++k) blocks.keep(k, block_of(k));
              return is_there(blocks, 0) && !is_there(blocks, 100) && is_there(blocks, 109) ? 3 : 4;
            }),
            3);
  for (std::uint64_t k = 4; k < 10; ++k) blocks.keep(k, block_of(k));
  for (std::uint64_t k = 0; k < 10; ++k) EXPECT_TRUE(is_there(blocks, k)) << k;
}

TEST(UnpackedBlocks, ThreadsShareThem) {
  const TemporaryFolder folder;
  const TemporaryPlace place(folder.path().string());
  UnpackedBlocks blocks(5000);
  const auto work = [&](std::uint64_t first) {
    for (std::uint64_t k = 0; k < 400; ++k) {
      const std::uint64_t number = (first + k * 7) % 50;
      if (!is_there(blocks, number)) blocks.keep(number, block_of(number));
      const auto whole = blocks.get(number);
      if (whole) { EXPECT_EQ(*whole, *block_of(number)); }
    }
  };
  std::thread one(work, 0), two(work, 20), three(work, 35);
  one.join(), two.join(), three.join();
  for (std::uint64_t k = 0; k < 50; ++k) EXPECT_TRUE(is_there(blocks, k)) << k;
}

}  // namespace
}  // namespace doppel::dataset
