#include "mend.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "doppel/base/files.h"

namespace doppel::fuzz {
namespace {

/// The seeds of a reader whose names end so.
std::vector<std::vector<unsigned char>> seeds_of(const char* reader, const std::string& ending) {
  std::vector<std::vector<unsigned char>> seeds;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(DOPPEL_FUZZ_SEEDS) / reader))
    if (entry.path().string().ends_with(ending)) seeds.push_back(read_file(entry.path()));
  return seeds;
}

struct Place {
  const char* reader;
  const char* ending;
  std::size_t sum;  ///< where a checksum of the first member, chunk or record lies
};

class MendedChecksums : public testing::TestWithParam<Place> {};

TEST_P(MendedChecksums, AreThoseThatAFileHas) {
  const auto seeds = seeds_of(GetParam().reader, GetParam().ending);
  ASSERT_FALSE(seeds.empty());
  for (const auto& whole : seeds) {
    auto bytes = whole;
    mend_checksums(GetParam().reader, bytes);
    EXPECT_EQ(bytes, whole);
    bytes[GetParam().sum] ^= 1;
    EXPECT_NE(bytes, whole);  // or the next line would hold nothing
    mend_checksums(GetParam().reader, bytes);
    EXPECT_EQ(bytes, whole);
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, MendedChecksums,
                         testing::Values(Place{"tar", "webdataset.tar", 150}, Place{"pack", "two.tar", 150},
                                         Place{"image", "rgb.png", 30}, Place{"npz", "pair.npz", 908},
                                         Place{"greeting", "door-second", 3}, Place{"http", "recipe", 103}));

TEST(MendedChecksums, StayWithinTheBytes) {
  for (const char* reader : {"tar", "pack", "image", "zip", "greeting", "http"})
    for (const auto& whole : seeds_of(reader, ""))
      for (std::size_t size = 0; size < std::min<std::size_t>(whole.size(), 2000); size += 7) {
        std::vector<unsigned char> part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
        mend_checksums(reader, part);
        part.assign(size, 0xff);
        mend_checksums(reader, part);
      }
}

}  // namespace
}  // namespace doppel::fuzz
