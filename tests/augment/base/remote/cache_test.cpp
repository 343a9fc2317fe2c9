#include "base/remote/cache.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <numeric>

#include "dataset/temporary_folder.h"
#include "doppel/base/files.h"
#include "doppel/base/random_file.h"
#include "error_of.h"
#include "remote/remote_setup.h"

namespace doppel::remote {
namespace {

namespace fs = std::filesystem;

std::vector<unsigned char> bytes_from(unsigned first, std::size_t size) {
  std::vector<unsigned char> bytes(size);
  for (std::size_t i = 0; i < size; ++i)
    bytes[i] = static_cast<unsigned char>((first + i) * 7 + (first + i) / 256);
  return bytes;
}

std::vector<fs::path> files_in(const fs::path& folder, const char* ending) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.path().extension() == ending) files.push_back(entry.path());
  return files;
}

constexpr std::uint64_t kAll = std::uint64_t{1} << 40;  // beyond any end

class Cache : public testing::Test {
 protected:
  static constexpr std::uint64_t kLimit = std::uint64_t{1} << 30;
  dataset::TemporaryFolder folder_;
  const ObjectId id_{"s3://b/x", "\"1\"", 1'000'000};
};

TEST_F(Cache, GivesWhatItWasGiven) {
  CacheFolder folder(folder_.path() / "c", kLimit);
  CachedObject object(folder, id_);
  EXPECT_EQ(object.covered(0, kAll), 0U);
  EXPECT_TRUE(object.keep(1000, bytes_from(1000, 500)));
  EXPECT_TRUE(object.keep(1500, bytes_from(1500, 300)));
  EXPECT_EQ(object.covered(1200, kAll), 600U);
  EXPECT_EQ(object.covered(1200, 1500), 300U);
  EXPECT_EQ(object.covered(999, kAll), 0U);
  EXPECT_EQ(object.next(0), 1000U);
  std::vector<unsigned char> read(700);
  EXPECT_EQ(object.read(1100, read), 700U);
  EXPECT_EQ(read, bytes_from(1100, 700));
  EXPECT_EQ(object.read(1700, read), 100U);
}

TEST_F(Cache, IsSharedByAllWhoHaveTheObject) {
  CacheFolder folder(folder_.path() / "c", kLimit), other_folder(folder_.path() / "c", kLimit);
  CachedObject one(folder, id_), two(other_folder, id_);
  one.keep(0, bytes_from(0, 100));
  std::vector<unsigned char> read(100);
  EXPECT_EQ(two.covered(0, kAll), 100U);
  EXPECT_EQ(two.read(0, read), 100U);
  CachedObject changed(folder, {id_.path, "\"2\"", id_.size});
  EXPECT_EQ(changed.covered(0, kAll), 0U);
}

TEST_F(Cache, OfDamagedBytesNothingIsBelieved) {
  {
    CacheFolder folder(folder_.path() / "c", kLimit);
    CachedObject object(folder, id_);
    object.keep(0, bytes_from(0, 100));
    object.keep(100, bytes_from(100, 100));
  }
  std::fstream(files_in(folder_.path(), ".data").at(0), std::ios::in | std::ios::out | std::ios::binary)
      .seekp(150)
      .put('!');
  CacheFolder folder(folder_.path() / "c", kLimit);
  CachedObject object(folder, id_);
  std::vector<unsigned char> read(200);
  EXPECT_EQ(object.read(0, read), 100U);
  EXPECT_EQ(object.covered(100, kAll), 0U);
  ASSERT_EQ(folder.notes().size(), 1U);
  EXPECT_NE(folder.notes()[0].find("damaged"), std::string::npos);
}

TEST_F(Cache, AForeignOrTornMapIsBegunAnew) {
  const auto keep = [&] {
    CacheFolder folder(folder_.path() / "c", kLimit);
    CachedObject object(folder, id_);
    const std::uint64_t there = object.covered(0, kAll);
    object.keep(0, bytes_from(0, 100));
    return there;
  };
  keep();
  EXPECT_EQ(keep(), 100U);
  const fs::path map = files_in(folder_.path(), ".map").at(0);
  std::ofstream(map)
      << "something else altogether, which is long enough to be read as a head of that file ----------";
  EXPECT_EQ(keep(), 0U);
  EXPECT_EQ(keep(), 100U);
  fs::resize_file(map, fs::file_size(map) - 16 - 5);  // in the first of two lines
  EXPECT_EQ(keep(), 0U);
  EXPECT_EQ(keep(), 100U);
  std::ofstream(map, std::ios::app) << "lines of nonsense, each of which is refused or its bytes are";
  keep();
}

TEST_F(Cache, KeepsItsLimitAndWhatIsInUse) {
  constexpr std::uint64_t kSmall = 8 << 20;
  CacheFolder folder(folder_.path() / "c", kSmall);
  const auto fill = [&](const char* name, std::size_t pieces) {
    auto object = std::make_unique<CachedObject>(folder, ObjectId{name, "t", 100 << 20});
    std::size_t kept = 0;
    for (std::size_t i = 0; i < pieces; ++i)
      kept += object->keep(i << 20, bytes_from(static_cast<unsigned>(i), 1 << 20));
    return std::pair(std::move(object), kept);
  };
  EXPECT_EQ(fill("old", 5).second, 5U);
  const auto [used, kept] = fill("used", 20);
  EXPECT_GE(kept, 5U);  // the old one went
  EXPECT_LE(kept, 8U);
  EXPECT_GE(used->covered(0, kAll), std::uint64_t{5} << 20);
  const auto [more, none] = fill("more", 3);
  EXPECT_LE(none, 1U);  // what is in use stays
  EXPECT_FALSE(folder.notes().empty());
  std::uint64_t bytes = 0;
  for (const fs::path& file : files_in(folder_.path(), ".data")) bytes += fs::file_size(file);
  EXPECT_LE(bytes, kSmall + (1 << 20));
}

TEST_F(Cache, AFolderThatCannotBeIsAnError) {
  std::ofstream(folder_.path() / "file") << "x";
  EXPECT_NE(error_of([&] { CacheFolder(folder_.path() / "file", kLimit); }).find("the cache"),
            std::string::npos);
}

TEST(RemoteCache, ASecondRunAsksForLittle) {
  const test::RemoteSetup setup(true);
  const std::string bytes = test::RemoteSetup::noise(6'000'000);
  setup.put("b/x", bytes);
  const test::ObjectServer server(setup.objects(), {});
  setup.set("AWS_ENDPOINT_URL", server.address());
  for (int round = 0; round < 2; ++round) {
    const std::uint64_t before = server.bytes();
    const RandomFile file("s3://b/x");
    std::vector<unsigned char> part(bytes.size());
    file.read(0, part);
    EXPECT_TRUE(std::equal(part.begin(), part.end(), bytes.begin(),
                           [](unsigned char a, char b) { return a == static_cast<unsigned char>(b); }));
    if (round == 1) { EXPECT_LE(server.bytes() - before, 100'000U); }
  }
  EXPECT_TRUE(fs::exists(setup.cache()));
  setup.put("b/x", test::RemoteSetup::noise(6'000'000, 2));  // another tag: nothing of it is there
  const RandomFile changed("s3://b/x");
  std::vector<unsigned char> part(100);
  changed.read(5'000'000, part);
  EXPECT_TRUE(std::equal(part.begin(), part.end(), test::RemoteSetup::noise(6'000'000, 2).begin() + 5'000'000,
                         [](unsigned char a, char b) { return a == static_cast<unsigned char>(b); }));
}

}  // namespace
}  // namespace doppel::remote
